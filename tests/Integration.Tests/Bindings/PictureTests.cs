using Engine.Web;
using Engine.Workflows.Bindings.Codes;
using Xunit;

namespace Integration.Tests.Bindings;

/// <summary>Pictures of codes, read back by a reader that isn't ours.</summary>
public sealed class PictureTests
{
    [Theory]
    [InlineData("acc-1", 2, "abc", 10)]
    [InlineData("abcdefghij-_.:0123456789", 4, "abcdefghij-_.:0123456789", 10)]
    [InlineData("ABCDEFghij-_klmn01234567", 4, "ABCDEFghij-_klmn01234567", 10)]
    [InlineData("!\"#$%&'()*+,/:;<=>?@[]^`", 4, "!\"#$%&'()*+,/:;<=>?@[]^`", 12)]
    public async Task A_reader_reads_what_was_signed(string id, int fields, string name, int mostVersion)
    {
        PromptField[] prompt =
        [
            .. Enumerable
                .Range(0, fields)
                .Select(i => new PromptField(i + name[1..], PromptType.Integer, Min: -50_000_000, Max: 50_000_000)),
        ];
        await ReadsAsync(
            new OperationBindingCode(id, id, id, prompt, new string('a', 20), uint.MaxValue * 1000L),
            mostVersion
        );
    }

    /// <summary>The largest that a page's setting lets in takes the largest picture: version 25.</summary>
    [Fact]
    public async Task The_largest_code_takes_a_picture_of_version_25()
    {
        string id = new('~', 128);
        PromptField[] prompt =
        [
            .. Enumerable
                .Range(10, 4)
                .Select(i => new PromptField(
                    i + new string('~', 126),
                    PromptType.Integer,
                    Min: long.MinValue,
                    Max: long.MaxValue
                )),
        ];
        var code = new OperationBindingCode(id, id, id, prompt, new string('a', 20), uint.MaxValue * 1000L);
        Assert.InRange(BindingLab.Keys.Sign(code).Length, 1_300, OperationBindingCode.MaxTextLength);
        await ReadsAsync(code, 25);
        Assert.Equal(25, QrReader.Version(QrPicture.Svg(new string('A', OperationBindingCode.MaxTextLength))));
    }

    private static async Task ReadsAsync(OperationBindingCode code, int mostVersion)
    {
        string text = BindingLab.Keys.Sign(code),
            svg = QrPicture.Svg(text);
        Assert.InRange(QrReader.Version(svg), 1, mostVersion);
        string read = await QrReader.ReadSvgAsync(svg);
        Assert.Equal(text, read);
        Assert.Equal(code.Account, BindingLab.Keys.Read(read)!.Account);
    }
}
