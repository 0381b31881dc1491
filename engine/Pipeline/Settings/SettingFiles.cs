using System.Security.Cryptography;
using System.Text;

namespace Engine.Pipeline.Settings;

/// <summary>Finds the files that settings name, in the first folder that has them. Rejects a file whose SHA-256 differs
/// from the one in its setting, so that every instance uses the same bytes.</summary>
public sealed class SettingFiles(params string[] folders)
{
    public IReadOnlyList<string> Folders { get; } = folders;

    public string ReadText(string file, string? sha256) =>
        Encoding.UTF8.GetString(ReadBytes(file, sha256)).TrimStart('\uFEFF');

    public byte[] ReadBytes(string file, string? sha256)
    {
        if (Path.IsPathRooted(file) || file.Split('/', '\\').Contains(".."))
        {
            throw new FormatException("expected a relative path below the settings folders, without '..'");
        }

        string path = Folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
            ?? throw new IOException($"not found in {string.Join(", ", Folders)}");
        byte[] bytes = File.ReadAllBytes(path);
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (sha256 != null && !sha256.Equals(hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new IOException($"its SHA-256 is {hash}; the setting requires {sha256}");
        }

        return bytes;
    }
}
