using System.Security.Cryptography;
using System.Text;
using Engine.Configuration;
using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.Partitions;

/// <summary>The secrets that sign codes and tokens: files that engine.yaml names, the first of which signs, or one
/// secret that the group's first instance creates and keeps in Redis. All instances of a group must use the same
/// ones.</summary>
public static class SigningSecrets
{
    /// <summary>The minimum length of a secret, in bytes.</summary>
    public const int MinSecretBytes = 32;

    /// <param name="files">The files that engine.yaml names under <c>signing_keys</c>.</param>
    public static IReadOnlyList<byte[]> FindOrMake(IDatabase redis, RedisKeys keys, IReadOnlyList<string> files)
    {
        if (Find(redis, keys, files) is { Count: > 0 } there)
        {
            return there;
        }

        redis.StringSet(
            keys.SigningKey,
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(MinSecretBytes)),
            when: When.NotExists
        );
        return Find(redis, keys, files);
    }

    /// <summary>Gets the group's secrets, or none if it has none yet. Writes nothing.</summary>
    public static IReadOnlyList<byte[]> Find(IDatabase redis, RedisKeys keys, IReadOnlyList<string> files) =>
        Read(files) is { Count: > 0 } named ? named
        : redis.StringGet(keys.SigningKey) is { IsNull: false } kept ? [Encoding.ASCII.GetBytes(kept.ToString())]
        : [];

    /// <summary>Reads the secrets from the configured files, if any. Throws <see cref="ConfigException"/> with the file
    /// and the problem.</summary>
    public static IReadOnlyList<byte[]> Read(IEnumerable<string> files) => [.. files.Select(ReadSecret)];

    private static byte[] ReadSecret(string path)
    {
        try
        {
            // A line break at the end comes from the editor and isn't part of the secret.
            byte[] secret = [.. File.ReadAllBytes(path).AsSpan().TrimEnd("\r\n"u8)];
            return secret.Length >= MinSecretBytes
                ? secret
                : throw new ConfigException(
                    $"signing_keys: {path} has {secret.Length} bytes; expected at least "
                        + $"{MinSecretBytes}; create one with 'openssl rand -base64 32'"
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"signing_keys: {path}: {e.Message}");
        }
    }
}
