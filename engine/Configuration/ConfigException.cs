namespace Engine.Configuration;

/// <summary>A configuration that doesn't load; the message says where, what is wrong, and what was expected.</summary>
public sealed class ConfigException(string message) : Exception(message);
