using System.Text;

namespace Fuzz.Tests.Inputs;

/// <summary>Changes an input in places: bytes, ranges, tokens of its language, pieces of other inputs.</summary>
/// <param name="tokens">Tokens of the language.</param>
/// <param name="others">Inputs whose pieces are inserted.</param>
internal sealed class Mutation(IEnumerable<string> tokens, IReadOnlyList<byte[]> others)
{
    /// <summary>Enough openings to exhaust a stack, were they read recursively without a limit.</summary>
    private const int MaxRepeats = 20_000;

    private static readonly byte[] OddBytes = [0, 1, 0x0A, 0x0D, 0x20, 0x22, 0x5C, 0x7F, 0x80, 0xBF, 0xC0, 0xED, 0xFF];

    private readonly byte[][] _tokens = [.. tokens.Select(Encoding.UTF8.GetBytes)];

    public void Apply(Dice dice, InputBuffer input)
    {
        for (int changes = 1 + dice.Below(4); changes > 0; changes--)
        {
            Change(dice, input);
        }
    }

    private void Change(Dice dice, InputBuffer input)
    {
        int at = dice.Below(input.Length + 1),
            length = Math.Min(input.Length - at, 1 + dice.Below(dice.OneIn(4) ? 64 : 4));
        switch (dice.Below(10))
        {
            case 0 when length > 0:
                input.Span[at] ^= (byte)(1 << dice.Below(8));
                break;
            case 1 when length > 0:
                input.Span[at] = dice.OneIn(2) ? dice.Pick(OddBytes) : (byte)dice.Next();
                break;
            case 2:
                input.Remove(at, length);
                break;
            case 3:
                input.Insert(dice.Below(input.Length + 1), input.Span.Slice(at, length));
                break;
            case 4:
                input.Remove(at, input.Length - at);
                break;
            case 5 or 6 when _tokens.Length > 0:
                input.Insert(at, dice.Pick(_tokens));
                break;
            case 7 when others.Count > 0:
                byte[] other = dice.Pick(others);
                int from = dice.Below(other.Length + 1);
                input.Insert(at, other.AsSpan(from, dice.Below(other.Length - from + 1)));
                break;
            case 8 when _tokens.Length > 0 && dice.OneIn(16):
                Repeat(dice, input, at);
                break;
            default:
                input.Insert(at, [dice.OneIn(2) ? dice.Pick(OddBytes) : (byte)dice.Next()]);
                break;
        }
    }

    private void Repeat(Dice dice, InputBuffer input, int at)
    {
        byte[] token = dice.Pick(_tokens);
        int times = dice.Below(dice.OneIn(16) ? MaxRepeats : 300);
        byte[] all = new byte[Math.Min(token.Length * times, InputBuffer.MaxBytes - input.Length)];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = token[i % token.Length];
        }

        input.Insert(at, all);
    }
}
