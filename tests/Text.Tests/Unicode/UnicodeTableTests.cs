using Tests.Support;
using Xunit;

namespace Text.Tests.Unicode;

/// <summary>The tables of <c>engine/Text/Unicode</c>, derived again from the database in the folder UNICODE_DATA. With
/// UPDATE_TABLES=1 they are written.</summary>
public class UnicodeTableTests
{
    public static TheoryData<string> Tables => ["folding.txt", "confusables.txt", "word-breaks.txt"];

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_table_is_what_the_database_gives(string name)
    {
        string? folder = Environment.GetEnvironmentVariable("UNICODE_DATA");
        Assert.SkipWhen(folder is null, "UNICODE_DATA names no folder with the Unicode Character Database");
        var tables = new UnicodeTables(folder);
        string text = name switch
        {
            "folding.txt" => tables.Folding(),
            "confusables.txt" => tables.Confusables(),
            _ => tables.WordBreaks(),
        };
        string path = Path.Combine(SharedData.Repository, "engine", "Text", "Unicode", name);
        if (Environment.GetEnvironmentVariable("UPDATE_TABLES") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(text, File.ReadAllText(path));
    }
}
