using Engine.Workflows.Module.Codes;

namespace Engine.Workflows.Bindings.Codes;

/// <summary>
/// The content of an operation-binding code: everything the second client needs, so it has nothing to look up.
/// <see cref="CodeKeys"/> signs and reads it. The wire format, before the signature of 16 bytes:
/// <code>
/// version (4 bits) key (16) expires in s (32) nonce (80) page operation account (names)
/// fields (4) field*      field = name type (2) optional (1) limits
/// limits of an integer = min max (integers), of a number = min max (numbers), of a text = characters (14)
/// zero bits to fill the last byte
/// </code>
/// </summary>
/// <param name="Page">The page that it was made on and is valid for.</param>
/// <param name="Operation">The operation's type.</param>
/// <param name="Account">The first client's account.</param>
/// <param name="Prompt">The fields that the second client fills in.</param>
/// <param name="Nonce">10 random bytes in hex, which identify a used code.</param>
/// <param name="Expires">The log time at which it expires; ms since the epoch, whole seconds.</param>
public sealed record OperationBindingCode(
    string Page,
    string Operation,
    string Account,
    IReadOnlyList<PromptField> Prompt,
    string Nonce,
    long Expires
)
{
    /// <summary>80 bits: among 2^32 codes valid at one time, the chance that any two are equal is 1 in
    /// 130,000.</summary>
    public const int NonceBytes = 10;

    /// <summary>The maximum number of fields of a prompt.</summary>
    public const int MaxFields = 15;

    /// <summary>The capacity of a QR code of version 25 at level M in alphanumeric mode (ISO/IEC 18004, table
    /// 7).</summary>
    public const int MaxTextLength = 1_451;

    private const int Version = 1,
        VersionBits = 4,
        KeyBits = 16;

    /// <summary>The length of the longest code of an operation: for an account of 128 letters of the widest
    /// alphabet.</summary>
    internal static int LongestText(string page, Operation operation) =>
        Base41.Length(
            new OperationBindingCode(
                page,
                operation.Type,
                new string('!', 128),
                operation.Prompt,
                new string('0', NonceBytes * 2),
                0
            )
                .ToBytes(0)
                .Length + CodeKeys.SignatureBytes
        );

    /// <summary>The expiry of a code made at a time with a time to live, rounded up to a whole second.</summary>
    public static long ExpiryOf(long now, TimeSpan ttl) => (now + (long)ttl.TotalMilliseconds + 999) / 1000 * 1000;

    internal byte[] ToBytes(ushort key)
    {
        var bits = new CodeBitWriter();
        bits.Write(Version, VersionBits);
        bits.Write(key, KeyBits);
        bits.Write((ulong)(Expires / 1000), 32);
        bits.WriteBytes(Convert.FromHexString(Nonce));
        bits.WriteName(Page);
        bits.WriteName(Operation);
        bits.WriteName(Account);
        bits.Write((ulong)Prompt.Count, 4);
        foreach (PromptField field in Prompt)
        {
            bits.WriteName(field.Name);
            bits.Write((ulong)field.Type, 2);
            bits.Write(field.IsOptional ? 1u : 0u, 1);
            WriteLimits(bits, field);
        }
        return bits.ToBytes();
    }

    private static void WriteLimits(CodeBitWriter bits, PromptField field)
    {
        switch (field.Type)
        {
            case PromptType.Integer:
                bits.WriteInteger(field.Min);
                bits.WriteInteger(field.Max);
                break;
            case PromptType.Number:
                bits.WriteNumber(field.MinNumber);
                bits.WriteNumber(field.MaxNumber);
                break;
            default:
                bits.Write((ulong)field.Characters, 14);
                break;
        }
    }

    /// <summary>Reads signed bytes. Throws <see cref="FormatException"/> if a later version wrote them.</summary>
    internal static OperationBindingCode Of(byte[] bytes)
    {
        var bits = new CodeBitReader(bytes);
        if (bits.Read(VersionBits) != Version)
        {
            throw new FormatException("the code has another version");
        }

        bits.Read(KeyBits);
        long expires = (long)bits.Read(32) * 1000;
        string nonce = Convert.ToHexStringLower(bits.ReadBytes(NonceBytes));
        string page = bits.ReadName(),
            operation = bits.ReadName(),
            account = bits.ReadName();
        var prompt = new PromptField[(int)bits.Read(4)];
        for (int i = 0; i < prompt.Length; i++)
        {
            string name = bits.ReadName();
            var type = (PromptType)bits.Read(2);
            bool optional = bits.Read(1) == 1;
            prompt[i] = type switch
            {
                PromptType.Integer => new PromptField(name, type, optional, bits.ReadInteger(), bits.ReadInteger()),
                PromptType.Number => new PromptField(
                    name,
                    type,
                    optional,
                    MinNumber: bits.ReadNumber(),
                    MaxNumber: bits.ReadNumber()
                ),
                PromptType.Text => new PromptField(name, type, optional, Characters: (int)bits.Read(14)),
                _ => throw new FormatException("unknown type of a field"),
            };
        }
        if (!bits.IsAtEnd)
        {
            throw new FormatException("unexpected data after the code");
        }

        return new OperationBindingCode(page, operation, account, prompt, nonce, expires);
    }
}
