using System.Globalization;
using Engine.Contracts;
using Engine.Pipeline.Keys;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Xunit;

namespace Pipeline.Tests.Settings;

/// <summary>Versions of the settings: each the same as if it were built anew, and yet sharing with the one before what
/// a record didn't change.</summary>
public sealed class SettingsVersionTests
{
    private static readonly KeyedHash Hash = new(1, 2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_version_made_of_the_one_before_equals_one_built_anew(int seed)
    {
        var random = new Random(seed);
        var builder = new SettingsBuilder(new SettingFiles());
        Dictionary<string, string> records = [];
        for (int i = 0; i < 400; i++)
        {
            (string key, string json) = OneOf(random);
            if (random.Next(3) == 0)
            {
                records.Remove(key);
                builder.Apply(key, null);
            }
            else
            {
                records[key] = json;
                builder.Apply(key, json);
            }

            if (random.Next(4) == 0)
            {
                continue;
            }

            var anew = new SettingsBuilder(new SettingFiles());
            foreach ((string one, string value) in records.OrderBy(_ => random.Next()))
            {
                anew.Apply(one, value);
            }

            string version = $"s-{i}";
            Assert.Equal(Shown(anew.Build(version, Hash)), Shown(builder.Build(version, Hash)));
        }
    }

    /// <summary>With a copy of everything in each version, 20,000 records took some 7 GB.</summary>
    [Fact]
    public void Memory_grows_with_the_records_and_not_with_their_square()
    {
        const int Records = 20_000;
        var builder = new SettingsBuilder(new SettingFiles());
        var timeline = new SettingsTimeline(builder.Build("s-base", Hash), TimeSpan.FromSeconds(2));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Records; i++)
        {
            string id = i.ToString(CultureInfo.InvariantCulture);
            (string key, string json) = (i % 3) switch
            {
                0 => ($"campaign/cmp-{id}", """{"target":"https://shop.example/p"}"""),
                1 => ($"allow/a-{id}", $$"""{"visitor":"v-{{id}}"}"""),
                _ => ($"allow/r-{id}", $$"""{"ip":"198.51.{{i / 256 % 256}}.{{i % 256}}/32"}"""),
            };
            builder.Apply(key, json);
            timeline.Append(builder.Build($"s-{id}", Hash), i);
        }

        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(Records + 1, timeline.Count);
        Assert.True(bytes < Records * 5_000L, $"{bytes / Records} bytes a record");
        GC.KeepAlive(builder);
    }

    private static (string Key, string Json) OneOf(Random random)
    {
        int id = random.Next(5);
        return random.Next(9) switch
        {
            0 => ($"campaign/cmp-{id}", $$"""{"target":"https://shop.example/p/{{random.Next(9)}}"}"""),
            1 => ($"allow/a-{id}", $$"""{"visitor":"v-{{random.Next(3)}}"}"""),
            2 => ($"allow/a-{id}", $$"""{"campaign":"cmp-{{random.Next(3)}}"}"""),
            3 => ($"allow/a-{id}", $$"""{"ip":"198.51.100.{{random.Next(3)}}/32"}"""),
            4 => (
                $"rule/r-{id}",
                $$"""{"when":"click.publisher == 'p{{random.Next(9)}}'","then":{"class":"sivt"},"order":{{random.Next(4)}}}"""
            ),
            5 => ("bands/default", $$"""{"review":0.{{random.Next(1, 4)}}}"""),
            6 => (
                $"snooze/z-{id}",
                $$"""{"reason":"{{(random.Next(2) == 0 ? "model" : "rate.ip")}}","publisher":"p-{{random.Next(3)}}","until":{{random.Next(9)}}}"""
            ),
            7 => ("limits/time", $$"""{"join_ms":{{random.Next(1000, 1005)}}}"""),
            _ => ("reason/rate.ip", $$"""{"limit":{{random.Next(10, 15)}}}"""),
        };
    }

    /// <summary>Everything that a version decides by.</summary>
    private static string Shown(DecisionSettings settings)
    {
        string[] allowed =
        [
            .. from address in Enumerable.Range(0, 3)
            from visitor in Enumerable.Range(0, 4)
            from campaign in Enumerable.Range(0, 4)
            select settings
                .AllowOf(
                    Address($"198.51.100.{address}"),
                    visitor == 3 ? 0 : Fingerprints.Visitor(Hash, Bytes($"v-{visitor}")),
                    Fingerprints.Campaign(Hash, Bytes($"cmp-{campaign}")),
                    0
                )
                ?.Id
                ?? "-",
        ];
        string[] snoozed =
        [
            .. from publisher in Enumerable.Range(0, 3)
            from time in Enumerable.Range(0, 9)
            let key = Fingerprints.Publisher(Hash, Bytes($"p-{publisher}"))
            select $"{settings.SnoozedAt(key, time):x}:{settings.SnoozeOf(Reason.RateIp, key, time)?.Id}",
        ];
        return string.Join(
            '\n',
            settings.Version,
            string.Join(' ', snoozed),
            string.Join(' ', settings.Snoozes),
            settings.HasAllows,
            string.Join(' ', allowed),
            string.Join(' ', settings.Rules.Select(rule => $"{rule.Id}:{rule.When}:{rule.Order}")),
            settings.Bands,
            settings.Limits,
            settings[Reason.RateIp].Limit,
            string.Join(' ', settings.Campaigns.Values.OrderBy(one => one.Id, StringComparer.Ordinal))
        );
    }

    private static IpAddress Address(string text) =>
        IpAddress.TryParse(Bytes(text), out IpAddress address) ? address : throw new FormatException(text);

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
