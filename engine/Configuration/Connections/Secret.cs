namespace Engine.Configuration.Connections;

/// <summary>Reads secrets from environment variables and files: on a command line, every user of the machine could
/// read them.</summary>
internal static class Secret
{
    /// <summary>Gets a secret from the environment variable, otherwise from the file, otherwise null.</summary>
    /// <param name="field">The field that names the file, for errors.</param>
    /// <param name="file">The path of the file; empty for none.</param>
    /// <exception cref="ConfigException">The file can't be read, or is empty.</exception>
    public static string? Read(string variable, string field, string file)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
        {
            return value;
        }

        if (file.Length == 0)
        {
            return null;
        }

        try
        {
            // A line break at the end comes from the editor and isn't part of the secret.
            string secret = File.ReadAllText(file).TrimEnd('\r', '\n');
            return secret.Length > 0
                ? secret
                : throw new ConfigException($"{field}: {file} is empty; expected the secret in its first line");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{field}: {e.Message}");
        }
    }
}
