using System.Security.Cryptography;
using System.Text;
using Engine.App.Configuration;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.Workflows.Bindings;
using StackExchange.Redis;

namespace Engine.App.Hosting;

/// <summary>
/// The secrets that sign operation-binding codes: files that engine.yaml names, the first of which signs, or one that
/// the group's first instance makes and keeps in Redis. All instances of a group must have the same.
/// </summary>
public static class SigningKeys
{
    public static CodeKeys Take(IDatabase redis, RedisKeys keys, ConfigFile file)
    {
        if (Find(redis, keys, file) is { } there)
        {
            return there;
        }

        redis.StringSet(
            keys.SigningKey,
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(CodeKeys.MinSecretBytes)),
            when: When.NotExists
        );
        return Find(redis, keys, file)!;
    }

    /// <summary>The group's keys where it has some already; null else. Writes nothing.</summary>
    public static CodeKeys? Find(IDatabase redis, RedisKeys keys, ConfigFile file) =>
        Read(file)
        ?? (
            redis.StringGet(keys.SigningKey) is { IsNull: false } kept
                ? new CodeKeys([Encoding.ASCII.GetBytes(kept.ToString())])
                : null
        );

    /// <summary>
    /// The keys of the files; null where none is named. Throws <see cref="ConfigException"/> with the file and what is
    /// wrong.
    /// </summary>
    public static CodeKeys? Read(ConfigFile file) =>
        file.SigningKeys.Count == 0 ? null : new CodeKeys(file.SigningKeys.Select(ReadSecret));

    private static byte[] ReadSecret(string path)
    {
        try
        {
            // A line's end is the editor's, not the secret's.
            byte[] secret = [.. File.ReadAllBytes(path).AsSpan().TrimEnd("\r\n"u8)];
            return secret.Length >= CodeKeys.MinSecretBytes
                ? secret
                : throw new ConfigException(
                    $"signing_keys: {path} has {secret.Length} bytes; expected {CodeKeys.MinSecretBytes} at "
                        + $"least, as 'openssl rand -base64 32' makes them"
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"signing_keys: {path}: {e.Message}");
        }
    }
}
