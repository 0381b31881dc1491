using System.Security.Cryptography;
using System.Text;

namespace Engine.Pipeline.Settings;

/// <summary>
/// Where the files that settings name are found: in the first of some folders that has them. A file whose SHA-256 isn't
/// the one that its setting gives is refused, so that every instance goes by the same bytes.
/// </summary>
public sealed class SettingFiles(params string[] folders)
{
    public IReadOnlyList<string> Folders { get; } = folders;

    public string ReadText(string file, string? sha256) =>
        Encoding.UTF8.GetString(ReadBytes(file, sha256)).TrimStart('\uFEFF');

    public byte[] ReadBytes(string file, string? sha256)
    {
        if (Path.IsPathRooted(file) || file.Split('/', '\\').Contains(".."))
        {
            throw new IOException("expected a name below the settings' folders, without '..'");
        }

        string path = Folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
            ?? throw new IOException($"not found in {string.Join(", ", Folders)}");
        byte[] bytes = File.ReadAllBytes(path);
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (sha256 != null && !sha256.Equals(hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new IOException($"its SHA-256 is {hash}; the setting says {sha256}");
        }

        return bytes;
    }
}
