using Engine.Workflows.Module.Codes;

namespace Engine.Workflows.Associations.Codes;

/// <summary>
/// The content of an association's code, which another device reads: it names the item and, by a nonce, the
/// association, but no account. <see cref="AssociationKeys"/> signs and reads it. Before the signature of 16 bytes:
/// <code>version (4 bits) key (16) expires in s (32) nonce (128) item (name) zero bits to fill the last byte</code>
/// </summary>
/// <param name="Nonce">16 bytes in hex.</param>
/// <param name="Expires">The log time at which it expires; ms since the epoch, whole seconds.</param>
public sealed record AssociationCode(string Item, string Nonce, long Expires)
{
    public const int NonceBytes = 16;

    private const int Version = 2,
        VersionBits = 4,
        KeyBits = 16;

    internal byte[] ToBytes(ushort key)
    {
        var bits = new CodeBitWriter();
        bits.Write(Version, VersionBits);
        bits.Write(key, KeyBits);
        bits.Write((ulong)(Expires / 1000), 32);
        bits.WriteBytes(Convert.FromHexString(Nonce));
        bits.WriteName(Item);
        return bits.ToBytes();
    }

    /// <summary>Reads signed bytes. Throws <see cref="FormatException"/> if something else wrote them.</summary>
    internal static AssociationCode Of(byte[] bytes)
    {
        var bits = new CodeBitReader(bytes);
        if (bits.Read(VersionBits) != Version)
        {
            throw new FormatException("the code has another version");
        }

        bits.Read(KeyBits);
        long expires = (long)bits.Read(32) * 1000;
        string nonce = Convert.ToHexStringLower(bits.ReadBytes(NonceBytes)),
            item = bits.ReadName();
        return bits.IsAtEnd
            ? new AssociationCode(item, nonce, expires)
            : throw new FormatException("unexpected data after the code");
    }
}
