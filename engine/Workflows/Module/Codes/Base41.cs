namespace Engine.Workflows.Module.Codes;

/// <summary>Encodes bytes as text that fits a QR code's alphanumeric mode, two bytes in three letters as in base45 (RFC
/// 9285), but only with letters that survive being typed, pasted and put into an address: no space, %, + or /. 41 x 41
/// x 41 = 68,921 is enough for 65,536. Each sequence of bytes has exactly one spelling.</summary>
public static class Base41
{
    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-.:";

    public static int Length(int bytes) => bytes / 2 * 3 + bytes % 2 * 2;

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[Length(bytes.Length)];
        int at = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            bool pair = i + 1 < bytes.Length;
            int value = pair ? bytes[i] << 8 | bytes[i + 1] : bytes[i];
            for (int letter = 0; letter < (pair ? 3 : 2); letter++, value /= Letters.Length)
            {
                text[at++] = Letters[value % Letters.Length];
            }
        }
        return text.ToString();
    }

    /// <summary>Returns the bytes, or null if the text isn't the canonical spelling of any.</summary>
    public static byte[]? Decode(string text)
    {
        if (text.Length % 3 == 1)
        {
            return null;
        }

        byte[] bytes = new byte[text.Length / 3 * 2 + text.Length % 3 / 2];
        int at = 0;
        for (int i = 0; i < text.Length; i += 3)
        {
            int letters = Math.Min(3, text.Length - i),
                value = 0;
            for (int letter = letters - 1; letter >= 0; letter--)
            {
                int digit = Letters.IndexOf(text[i + letter], StringComparison.Ordinal);
                if (digit < 0)
                {
                    return null;
                }

                value = value * Letters.Length + digit;
            }
            if (value > (letters == 3 ? 0xFFFF : 0xFF))
            {
                return null;
            }

            if (letters == 3)
            {
                bytes[at++] = (byte)(value >> 8);
            }

            bytes[at++] = (byte)value;
        }
        return bytes;
    }
}
