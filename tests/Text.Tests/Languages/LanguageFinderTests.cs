using System.Text.Json;
using Engine.Text.Languages;
using Tests.Support;
using Xunit;

namespace Text.Tests.Languages;

/// <summary>The language of a text.</summary>
public sealed class LanguageFinderTests
{
    [Theory]
    [InlineData("ar", "أين يمكنني أن أجد أقرب محطة للقطار؟")]
    [InlineData("bg", "Къде мога да намеря най-близката гара?")]
    [InlineData("cs", "Kde najdu nejbližší vlakové nádraží, prosím?")]
    [InlineData("da", "Hvor kan jeg finde den nærmeste togstation, hvis jeg kommer i aften?")]
    [InlineData("de", "Wo finde ich bitte den nächsten Bahnhof?")]
    [InlineData("el", "Πού μπορώ να βρω τον πλησιέστερο σταθμό;")]
    [InlineData("en", "Where can I find the nearest railway station, please?")]
    [InlineData("es", "¿Dónde puedo encontrar la estación de tren más cercana?")]
    [InlineData("fa", "نزدیک‌ترین ایستگاه قطار کجاست؟ لطفاً به من بگویید.")]
    [InlineData("fi", "Mistä löydän lähimmän rautatieaseman?")]
    [InlineData("fr", "Où puis-je trouver la gare la plus proche, s'il vous plaît ?")]
    [InlineData("he", "איפה אני יכול למצוא את תחנת הרכבת הקרובה?")]
    [InlineData("hi", "मुझे निकटतम रेलवे स्टेशन कहाँ मिलेगा?")]
    [InlineData("hu", "Hol találom a legközelebbi vasútállomást?")]
    [InlineData("id", "Di mana saya bisa menemukan stasiun kereta terdekat?")]
    [InlineData("it", "Dove posso trovare la stazione ferroviaria più vicina?")]
    [InlineData("ja", "最寄りの駅はどこにありますか？")]
    [InlineData("ko", "가장 가까운 기차역은 어디에 있나요?")]
    [InlineData("nb", "Hvor kan jeg finne den nærmeste jernbanestasjonen, og når går toget?")]
    [InlineData("nl", "Waar kan ik het dichtstbijzijnde treinstation vinden?")]
    [InlineData("pl", "Gdzie mogę znaleźć najbliższy dworzec kolejowy?")]
    [InlineData("pt", "Onde posso encontrar a estação de comboios mais próxima?")]
    [InlineData("ro", "Unde pot găsi cea mai apropiată gară, vă rog?")]
    [InlineData("ru", "Где я могу найти ближайший вокзал?")]
    [InlineData("sv", "Var kan jag hitta närmaste järnvägsstation?")]
    [InlineData("th", "ฉันจะหาสถานีรถไฟที่ใกล้ที่สุดได้ที่ไหน")]
    [InlineData("tr", "En yakın tren istasyonunu nerede bulabilirim?")]
    [InlineData("uk", "Де я можу знайти найближчий вокзал?")]
    [InlineData("vi", "Tôi có thể tìm nhà ga gần nhất ở đâu?")]
    [InlineData("zh", "最近的火车站在哪里？")]
    public void A_sentence_is_in_its_language(string code, string sentence)
    {
        Assert.Equal(code, LanguageFinder.Find(sentence));
        Assert.Contains(code, LanguageFinder.Codes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("12345 ?!")]
    [InlineData("\ud800")]
    public void Nothing_is_told_where_there_are_no_letters(string text) => Assert.Equal("", LanguageFinder.Find(text));

    [Fact]
    public void Most_English_short_messages_are_told_as_English()
    {
        string? file = SharedData.Find("messages/sms.jsonl");
        Assert.SkipWhen(file is null, "there is no shared data");
        string[] found =
        [
            .. File.ReadLines(file)
                .Take(500)
                .Select(line =>
                    LanguageFinder.Find(JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)
                ),
        ];
        Assert.InRange(found.Count(code => code == "en"), 400, 500);
    }
}
