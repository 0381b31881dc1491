namespace Engine.Pipeline.Decode;

/// <summary>How a value is encoded.</summary>
public enum ValueEncoding : byte
{
    Json,
    Protobuf,
}
