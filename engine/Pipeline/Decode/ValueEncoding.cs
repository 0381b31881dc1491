namespace Engine.Pipeline.Decode;

/// <summary>The encoding of a value.</summary>
public enum ValueEncoding : byte
{
    Json,
    Protobuf,
}
