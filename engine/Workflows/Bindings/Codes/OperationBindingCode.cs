namespace Engine.Workflows.Bindings.Codes;

/// <summary>
/// What an operation-binding code holds: all that the second client needs, so that it has nothing to look up.
/// <see cref="CodeKeys"/> signs it and reads it. On the wire, before the signature of 16 bytes:
/// <code>
/// version (4 bits) key (16) expires in s (32) nonce (80) page operation account (names)
/// fields (4) field*      field = name type (2) optional (1) limits
/// limits of an integer = min max (integers), of a number = min max (numbers), of a text = characters (14)
/// zeros to the byte's end
/// </code>
/// </summary>
/// <param name="Page">The page that it was made on, and holds for.</param>
/// <param name="Operation">The operation's type.</param>
/// <param name="Account">The first client's.</param>
/// <param name="Prompt">What the second client is asked for.</param>
/// <param name="Nonce">10 random bytes in hex: by it a code is known that was used.</param>
/// <param name="Expires">From this log time on it holds no more; ms since the epoch, whole seconds.</param>
public sealed record OperationBindingCode(
    string Page,
    string Operation,
    string Account,
    IReadOnlyList<PromptField> Prompt,
    string Nonce,
    long Expires
)
{
    /// <summary>
    /// 80 bits: of 2^32 codes that hold at one time, the chance that any two have the same is 1 in 130,000.
    /// </summary>
    public const int NonceBytes = 10;

    /// <summary>The most fields of a prompt.</summary>
    public const int MaxFields = 15;

    /// <summary>
    /// What a QR picture of version 25 holds at level M in alphanumeric mode (ISO/IEC 18004, table 7).
    /// </summary>
    public const int MaxTextLength = 1_451;

    private const int Version = 1,
        VersionBits = 4,
        KeyBits = 16;

    /// <summary>
    /// The characters of the longest code of an operation: for an account of 128 letters of the widest alphabet.
    /// </summary>
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

    /// <summary>
    /// When a code expires that is made at a time and holds for a time to live: the end of that second.
    /// </summary>
    public static long ExpiryOf(long now, TimeSpan ttl) => (now + (long)ttl.TotalMilliseconds + 999) / 1000 * 1000;

    /// <summary>The key that signed the bytes, as they say; they hold three at least.</summary>
    internal static ushort KeyOf(ReadOnlySpan<byte> bytes) =>
        (ushort)((bytes[0] & 0xF) << 12 | bytes[1] << 4 | bytes[2] >> 4);

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

    /// <summary>Reads signed bytes; throws <see cref="FormatException"/> where a version to come wrote them.</summary>
    internal static OperationBindingCode Of(byte[] bytes)
    {
        var bits = new CodeBitReader(bytes);
        if (bits.Read(VersionBits) != Version)
        {
            throw new FormatException("the code is of another version");
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
                _ => throw new FormatException("a field has no such type"),
            };
        }
        if (!bits.IsAtEnd)
        {
            throw new FormatException("something follows the code");
        }

        return new OperationBindingCode(page, operation, account, prompt, nonce, expires);
    }
}
