using Engine.Workflows.Bindings.Codes;
using Engine.Workflows.Module.Codes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Workflows.Tests.Bindings;

/// <summary>
/// The text of operation-binding codes: everything is in it, nobody else can make it, and it has one spelling.
/// </summary>
public sealed class CodeTests
{
    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-.:";

    private static readonly CodeKeys Keys = BindingLog.Keys;

    private static readonly OperationBindingCode Pay = new(
        "poster-7",
        "pay",
        "acc-1",
        BindingLog.PayPrompt,
        "00112233445566778899",
        1_795_338_300_000
    );

    private static byte[] Secret(int first) => [.. Enumerable.Range(first, 32).Select(i => (byte)i)];

    [Fact]
    public void A_code_holds_all_that_the_second_client_needs()
    {
        OperationBindingCode read = Keys.Read(Keys.Sign(Pay))!;
        Assert.Equal(
            (Pay.Page, Pay.Operation, Pay.Account, Pay.Nonce, Pay.Expires),
            (read.Page, read.Operation, read.Account, read.Nonce, read.Expires)
        );
        Assert.Equal(Pay.Prompt, read.Prompt);
    }

    [Fact]
    public void Any_contents_come_back_as_they_were()
    {
        Gen<string> name = Gen.OneOf(Names("abcxyz0189-_.:"), Names("abcXYZ0189-_"), Names("!~/|aZ09^`\"'<>&\\"));
        Gen<PromptField> field = Gen.OneOf(
            from n in name
            from o in Gen.Elements(true, false)
            from a in Limit(Longs)
            from b in Limit(Longs)
            select new PromptField(n, PromptType.Integer, o, a, b),
            from n in name
            from o in Gen.Elements(true, false)
            from a in Limit(Doubles)
            from b in Limit(Doubles)
            select new PromptField(n, PromptType.Number, o, MinNumber: a, MaxNumber: b),
            from n in name
            from o in Gen.Elements(true, false)
            from c in Gen.Choose(1, PromptField.MaxCharacters)
            select new PromptField(n, PromptType.Text, o, Characters: c)
        );
        Gen<OperationBindingCode> codes =
            from page in name
            from operation in name
            from account in name
            from prompt in field.ListOf(4)
            from nonce in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(OperationBindingCode.NonceBytes)
            from expires in Gen.Choose(0, int.MaxValue)
            select new OperationBindingCode(
                page,
                operation,
                account,
                [.. prompt],
                Convert.ToHexStringLower(nonce),
                expires * 1000L
            );
        Prop.ForAll(codes.ToArbitrary(), code =>
            {
                string text = Keys.Sign(code);
                OperationBindingCode? read = Keys.Read(text);
                return read != null
                    && read.Prompt.SequenceEqual(code.Prompt)
                    && read with { Prompt = code.Prompt } == code
                    && text.All(Letters.Contains);
            })
            .QuickCheckThrowOnFailure();
    }

    /// <summary>
    /// Every character of a code changed to every other letter: 10,000 spellings, of which none is a code.
    /// </summary>
    [Fact]
    public void A_code_that_is_altered_anywhere_is_none()
    {
        string text = Keys.Sign(Pay);
        for (int at = 0; at < text.Length; at++)
        {
            foreach (char letter in Letters.Where(letter => letter != text[at]))
            {
                Assert.Null(Keys.Read(text[..at] + letter + text[(at + 1)..]));
            }
        }
    }

    /// <summary>Every bit of the bytes behind the text, the signature's too.</summary>
    [Fact]
    public void A_code_with_any_bit_turned_is_none()
    {
        byte[] bytes = Base41.Decode(Keys.Sign(Pay))!;
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] altered = [.. bytes];
            altered[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Null(Keys.Read(Base41.Encode(altered)));
        }
    }

    [Fact]
    public void A_code_that_is_cut_or_grows_is_none()
    {
        string text = Keys.Sign(Pay);
        for (int length = 0; length < text.Length; length++)
        {
            Assert.Null(Keys.Read(text[..length]));
        }

        foreach (string more in new[] { "0", "00", "000", " ", "\n" })
        {
            Assert.Null(Keys.Read(text + more));
            Assert.Null(Keys.Read(more + text));
        }
        Assert.Null(Keys.Read(new string('0', 100_000)));
    }

    [Fact]
    public void A_code_has_one_spelling()
    {
        string text = Keys.Sign(Pay);
        Assert.Null(Keys.Read(text.ToLowerInvariant()));
        // A letter of fullwidth form, as some keyboards write them.
        Assert.Null(Keys.Read(text.Replace(text[0], (char)(text[0] + 0xFEE0))));
        Prop.ForAll(Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf().ToArbitrary(), bytes =>
                Base41.Decode(Base41.Encode(bytes))!.SequenceEqual(bytes)
            )
            .QuickCheckThrowOnFailure();
        // Groups of letters beyond what their bytes can be.
        Assert.Equal([0xFF, 0xFF], Base41.Decode(Base41.Encode([0xFF, 0xFF]))!);
        Assert.Null(Base41.Decode(":::"));
        Assert.Null(Base41.Decode("::"));
        Assert.Null(Base41.Decode("0"));
    }

    [Fact]
    public void Another_secret_signs_another_code()
    {
        var other = new CodeKeys([Secret(2)]);
        Assert.Null(Keys.Read(other.Sign(Pay)));
        Assert.Null(other.Read(Keys.Sign(Pay)));
    }

    [Fact]
    public void The_first_key_signs_and_all_verify()
    {
        CodeKeys old = new([Secret(40)]),
            both = new([Secret(80), Secret(40)]),
            late = new([Secret(80)]);
        Assert.NotNull(both.Read(old.Sign(Pay)));
        Assert.NotNull(late.Read(both.Sign(Pay)));
        Assert.Null(old.Read(both.Sign(Pay)));
        Assert.Null(late.Read(old.Sign(Pay)));
    }

    [Fact]
    public void A_secret_is_long_enough()
    {
        Assert.Throws<ArgumentException>(() => new CodeKeys([new byte[31]]));
        Assert.Throws<ArgumentException>(() => new CodeKeys([]));
    }

    /// <summary>A QR picture of version 10 holds 311 characters at level M (ISO/IEC 18004, table 7).</summary>
    [Theory]
    [InlineData("abcdefghij-_.:0123456789")]
    [InlineData("ABCDEFghij-_klmn01234567")]
    public void Ids_of_24_bytes_and_four_fields_fit_a_picture_of_version_10(string id)
    {
        Assert.Equal(24, id.Length);
        PromptField[] prompt =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(i =>
                    i % 2 == 0
                        ? new PromptField(i + id[1..], PromptType.Integer, Min: -50_000_000, Max: 50_000_000)
                        : new PromptField(
                            i + id[1..],
                            PromptType.Text,
                            IsOptional: true,
                            Characters: PromptField.MaxCharacters
                        )
                ),
        ];
        string text = Keys.Sign(
            new OperationBindingCode(id, id, id, prompt, new string('f', 20), uint.MaxValue * 1000L)
        );
        Assert.InRange(text.Length, 1, 311);
    }

    [Fact]
    public void A_code_holds_for_whole_seconds_and_never_too_short()
    {
        Assert.Equal(1_301_000, OperationBindingCode.ExpiryOf(1_000_001, TimeSpan.FromSeconds(300)));
        Assert.Equal(1_300_000, OperationBindingCode.ExpiryOf(1_000_000, TimeSpan.FromSeconds(300)));
    }

    private static Gen<string> Names(string letters) =>
        Gen.Choose(1, 128)
            .SelectMany(length => Gen.Elements(letters.ToCharArray()).ArrayOf(length))
            .Select(chars => new string(chars));

    private static Gen<T?> Limit<T>(Gen<T> values)
        where T : struct => Gen.OneOf(Gen.Constant<T?>(null), values.Select(value => (T?)value));

    private static Gen<long> Longs =>
        Gen.OneOf(
            Gen.Elements(0L, -1, 1, 127, 128, -128, -129, long.MinValue, long.MaxValue),
            Gen.Choose(int.MinValue, int.MaxValue).Select(i => (long)i * 65_537)
        );

    private static Gen<double> Doubles =>
        Gen.Elements(0, -0.5, 0.5, 5, double.MaxValue, -double.MaxValue, double.Epsilon, 1e-300, 0.1);
}
