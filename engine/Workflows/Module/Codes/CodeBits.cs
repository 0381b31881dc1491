namespace Engine.Workflows.Module.Codes;

/// <summary>
/// Writes the contents of a code bit by bit, highest bit first. A name uses the narrowest of three alphabets that has
/// all its letters:
/// <code>
/// name    = class (2 bits) length-1 (7 bits) letters
/// class 0 = a-z 0-9 - _ . :        three letters in 16 bits, two in 11, one in 6
/// class 1 = A-Z a-z 0-9 - _        6 bits each
/// class 2 = ASCII                  7 bits each
/// integer = 0 | 1 bytes-1 (3 bits) zigzag in that many bytes
/// number  = 0 | 1 IEEE 754 (64 bits)
/// </code>
/// </summary>
internal sealed class CodeBitWriter
{
    private readonly List<byte> _bytes = [];
    private int _free;

    public byte[] ToBytes() => [.. _bytes];

    public void Write(ulong value, int bits)
    {
        for (int bit = bits - 1; bit >= 0; bit--)
        {
            if (_free == 0)
            {
                _bytes.Add(0);
                _free = 8;
            }
            _bytes[^1] |= (byte)((value >> bit & 1) << --_free);
        }
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            Write(one, 8);
        }
    }

    public void WriteName(string name)
    {
        int alphabet = NameAlphabet.Narrowest(name);
        Write((ulong)alphabet, 2);
        Write((ulong)name.Length - 1, 7);
        for (int i = 0, take; i < name.Length; i += take)
        {
            take = alphabet == 0 ? Math.Min(3, name.Length - i) : 1;
            ulong value = 0;
            for (int letter = 0; letter < take; letter++)
            {
                value =
                    value * (ulong)NameAlphabet.Size(alphabet)
                    + (ulong)NameAlphabet.IndexOf(alphabet, name[i + letter]);
            }

            Write(value, NameAlphabet.Bits(alphabet, take));
        }
    }

    public void WriteInteger(long? value)
    {
        Write(value.HasValue ? 1u : 0u, 1);
        if (value is not { } number)
        {
            return;
        }

        ulong zigzag = (ulong)(number << 1) ^ (ulong)(number >> 63);
        int bytes = Math.Max(1, (64 - System.Numerics.BitOperations.LeadingZeroCount(zigzag) + 7) / 8);
        Write((ulong)bytes - 1, 3);
        Write(zigzag, bytes * 8);
    }

    public void WriteNumber(double? value)
    {
        Write(value.HasValue ? 1u : 0u, 1);
        if (value is { } number)
        {
            Write(BitConverter.DoubleToUInt64Bits(number), 64);
        }
    }
}

/// <summary>Reads the output of <see cref="CodeBitWriter"/>. Throws <see cref="FormatException"/> past the end and for
/// invalid letters.</summary>
internal sealed class CodeBitReader(byte[] bytes)
{
    private int _at;

    /// <summary>Whether only the zeros that pad the last byte are left.</summary>
    public bool IsAtEnd => bytes.Length * 8 - _at < 8;

    public ulong Read(int bits)
    {
        if (_at + bits > bytes.Length * 8)
        {
            throw new FormatException("the code is too short");
        }

        ulong value = 0;
        for (int end = _at + bits; _at < end; _at++)
        {
            value = value << 1 | ((uint)bytes[_at / 8] >> 7 - _at % 8 & 1);
        }

        return value;
    }

    public byte[] ReadBytes(int count) => [.. Enumerable.Range(0, count).Select(_ => (byte)Read(8))];

    public string ReadName()
    {
        int alphabet = (int)Read(2);
        if (alphabet > 2)
        {
            throw new FormatException("unknown alphabet of a name");
        }

        char[] name = new char[(int)Read(7) + 1];
        for (int i = 0, take; i < name.Length; i += take)
        {
            take = alphabet == 0 ? Math.Min(3, name.Length - i) : 1;
            int value = (int)Read(NameAlphabet.Bits(alphabet, take)),
                size = NameAlphabet.Size(alphabet);
            for (int letter = take - 1; letter >= 0; letter--, value /= size)
            {
                name[i + letter] = NameAlphabet.Letter(alphabet, value % size);
            }
        }
        return new string(name);
    }

    public long? ReadInteger()
    {
        if (Read(1) == 0)
        {
            return null;
        }

        ulong zigzag = Read(((int)Read(3) + 1) * 8);
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    public double? ReadNumber() => Read(1) == 0 ? null : BitConverter.UInt64BitsToDouble(Read(64));
}

/// <summary>The alphabets of names, the narrowest first.</summary>
internal static class NameAlphabet
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz0123456789-_.:",
        Word = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    public static int Narrowest(string name) =>
        name.All(Lower.Contains) ? 0
        : name.All(Word.Contains) ? 1
        : 2;

    public static int Size(int alphabet) =>
        alphabet switch
        {
            0 => Lower.Length,
            1 => Word.Length,
            _ => 128,
        };

    public static int Bits(int alphabet, int letters) =>
        alphabet switch
        {
            0 => letters switch
            {
                3 => 16,
                2 => 11,
                _ => 6,
            },
            1 => 6,
            _ => 7,
        };

    public static int IndexOf(int alphabet, char letter) =>
        alphabet switch
        {
            0 => Lower.IndexOf(letter, StringComparison.Ordinal),
            1 => Word.IndexOf(letter, StringComparison.Ordinal),
            _ => letter,
        };

    public static char Letter(int alphabet, int index) =>
        alphabet switch
        {
            0 => Lower[index],
            1 => Word[index],
            _ => (char)index,
        };
}
