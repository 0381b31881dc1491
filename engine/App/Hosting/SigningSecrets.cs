using System.Security.Cryptography;
using System.Text;
using Engine.App.Configuration;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using StackExchange.Redis;

namespace Engine.App.Hosting;

/// <summary>
/// The secrets that sign codes and tokens: files that engine.yaml names, the first of which signs, or one that
/// the group's first instance makes and keeps in Redis. All instances of a group must have the same.
/// </summary>
public static class SigningSecrets
{
    /// <summary>The shortest secret, in bytes.</summary>
    public const int MinSecretBytes = 32;

    public static IReadOnlyList<byte[]> FindOrMake(IDatabase redis, RedisKeys keys, ConfigFile file)
    {
        if (Find(redis, keys, file) is { Count: > 0 } there)
        {
            return there;
        }

        redis.StringSet(
            keys.SigningKey,
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(MinSecretBytes)),
            when: When.NotExists
        );
        return Find(redis, keys, file);
    }

    /// <summary>The group's secrets where it has some already; empty else. Writes nothing.</summary>
    public static IReadOnlyList<byte[]> Find(IDatabase redis, RedisKeys keys, ConfigFile file) =>
        Read(file) is { Count: > 0 } named ? named
        : redis.StringGet(keys.SigningKey) is { IsNull: false } kept ? [Encoding.ASCII.GetBytes(kept.ToString())]
        : [];

    /// <summary>
    /// The secrets of the files; empty where none is named. Throws <see cref="ConfigException"/> with the file and what
    /// is wrong.
    /// </summary>
    public static IReadOnlyList<byte[]> Read(ConfigFile file) => [.. file.SigningKeys.Select(ReadSecret)];

    private static byte[] ReadSecret(string path)
    {
        try
        {
            // A line's end is the editor's, not the secret's.
            byte[] secret = [.. File.ReadAllBytes(path).AsSpan().TrimEnd("\r\n"u8)];
            return secret.Length >= MinSecretBytes
                ? secret
                : throw new ConfigException(
                    $"signing_keys: {path} has {secret.Length} bytes; expected {MinSecretBytes} at "
                        + $"least, as 'openssl rand -base64 32' makes them"
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"signing_keys: {path}: {e.Message}");
        }
    }
}
