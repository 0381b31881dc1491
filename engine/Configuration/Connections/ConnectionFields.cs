namespace Engine.Configuration.Connections;

/// <summary>The fields of a section of engine.yaml that secures connections.</summary>
/// <param name="folder">The folder of engine.yaml, which files are relative to.</param>
public sealed class ConnectionFields(string section, YamlFields fields, string folder)
{
    public string Section => section;

    public bool Flag(string name) => fields.Flag(name, false);

    public string Text(string name) => fields.Text(name, "");

    /// <summary>Gets the path of a file; empty if none is named.</summary>
    public string File(string name) =>
        Text(name) is { Length: > 0 } file ? Path.GetFullPath(Path.Combine(folder, file)) : "";

    /// <summary>Gets a secret: from <c>ENGINE_KAFKA_PASSWORD</c> and the like, otherwise from the file that
    /// <c>password_file</c> and the like names; null if there is neither.</summary>
    public string? Secret(string name) =>
        Connections.Secret.Read(VariableOf(name), $"{section}.{name}_file", File(name + "_file"));

    /// <summary>The environment variable of a secret.</summary>
    public string VariableOf(string name) =>
        $"ENGINE_{section.Split('_')[0].ToUpperInvariant()}_{name.ToUpperInvariant()}";

    public void End() => fields.End(section);
}
