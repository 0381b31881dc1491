using System.Security.Cryptography;
using System.Text;
using Engine.Workflows.Module.Codes;

namespace Engine.Workflows.Associations.Codes;

/// <summary>Makes the codes of associations, and reads them. The same association always gets the same code, so that
/// rescoring gives the same results; who doesn't know the secret can't guess it. Immutable and thread-safe.</summary>
public sealed class AssociationKeys
{
    /// <summary>More than an item's longest name needs.</summary>
    public const int MaxTextLength = 400;

    private readonly CodeSigner _signer;
    private readonly byte[] _nonces;

    /// <param name="secrets">At least one secret, each of at least 32 bytes; otherwise the constructor throws
    /// <see cref="ArgumentException"/>.</param>
    public AssociationKeys(IReadOnlyList<byte[]> secrets)
    {
        _signer = new CodeSigner(secrets, "association code", MaxTextLength);
        _nonces = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            secrets[0],
            SHA256.HashSizeInBytes,
            info: "association code: nonce"u8.ToArray()
        );
    }

    /// <summary>The nonce of an association, in hex.</summary>
    public string NonceOf(string item, string association) =>
        Convert.ToHexStringLower(
            HMACSHA256.HashData(_nonces, Encoding.UTF8.GetBytes($"{item} {association}"))[..AssociationCode.NonceBytes]
        );

    public string Sign(AssociationCode code) => _signer.Sign(code.ToBytes);

    /// <summary>Reads a text that one of the keys signed; null if it is forged, altered or spelt differently.</summary>
    public AssociationCode? Read(string text) =>
        _signer.Read(text, AssociationCode.Of, (code, key) => code.ToBytes(key));
}
