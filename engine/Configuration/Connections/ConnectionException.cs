namespace Engine.Configuration.Connections;

/// <summary>Kafka or Redis can't be reached, or refuses the connection. The message says which, why, and what to do; it
/// never contains a secret.</summary>
/// <param name="isRefused">Whether the server answers, but not to these credentials or certificates.</param>
public sealed class ConnectionException(string message, bool isRefused = true) : Exception(message)
{
    public bool IsRefused { get; } = isRefused;
}
