using System.Text;
using System.Text.Json;
using Engine.Contracts.Settings;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.History;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Models.Scoring;
using Models.Training.Clicks;
using Tests.Support;
using Xunit;
using LiveData = Tests.Support.SharedData;

namespace Models.Tests;

/// <summary>
/// A network's own click forest in the engine: the same features of the same clicks as where it was trained.
/// </summary>
public sealed class OwnForestTests
{
    private const double Weight = 6,
        L2 = 2;

    /// <summary>The minutes after which a label counts whose click had to be looked up.</summary>
    private const int LookedUpAfter = 2;

    /// <summary>
    /// Clicks as producers may write them: spellings, letters of other scripts, numbers for texts, fields that are
    /// missing or hold what separates lines.
    /// </summary>
    private static readonly string[] Odd =
    [
        """{"type":"click","id":"a","time":1795338000000,"ip":"203.0.113.9","publisher":"pub-1","campaign":"cmp-1"}""",
        """{"type":"click","id":"b","time":1795341600123,"ip":"2001:db8::1","publisher":"pub|placement=x","placement":"top","campaign":"cmp-1","viewport":[1280, 720],"visitor":"v-1","device":{"make":"华为 Ünï","model":"Redmi_Note 5","osv":"Android_9.1","os":"Android","carrier":46000.0,"connectiontype":"wifi","language":"zh"}}""",
        """{"type":"click","id":"c","time":1795380000999,"ip":"::ffff:203.0.113.9","publisher":"pub-1","placement":"top","campaign":"cmp-2","viewport":[0,5],"device":{"make":"OPPO","model":"oppo r9s\t\u00e9","osv":"none","carrier":"a\nb"}}""",
    ];

    [Fact]
    public void Features_are_those_of_training_for_clicks_however_they_are_written()
    {
        (ClickRecord Click, bool Bad)[] clicks = [.. Records(Odd).Select((click, i) => (click, i % 2 == 0))];
        ClickHistories histories = ClickHistories.Of(clicks, Weight).With(ClickLogistic.Fit(clicks, L2));
        Assert.All(clicks, click => Assert.NotEqual(0, histories.Features(click.Click)[^1]));
        Dictionary<string, float[]> found = FeaturesOf(Odd, FieldHistories.Read(histories.ToBytes()));
        foreach ((ClickRecord click, _) in clicks)
        {
            Assert.Equal(histories.Features(click), found[click.Id]);
        }
    }

    [Fact]
    public void On_real_clicks_features_and_scores_are_those_of_score_clicks()
    {
        string? clicksFile = LiveData.Find("clicks/iflytek.clicks.jsonl.gz"),
            labelsFile = LiveData.Find("clicks/iflytek.tsv.gz");
        Assert.SkipWhen(clicksFile == null || labelsFile == null, "The shared data isn't there: set SHARED_DATA.");
        Dictionary<string, bool> labels = LiveData
            .Lines(labelsFile!)
            .Skip(1)
            .Select(line => line.Split('\t'))
            .ToDictionary(row => row[0], row => row[1] == "1");
        string[] lines = [.. LiveData.Lines(clicksFile!)];
        ClickRecord[] clicks = [.. Records(lines)];
        // Two in three train; the others are met for the first time.
        (ClickRecord, bool)[] labelled =
        [
            .. clicks.Where((_, i) => i % 3 != 0).Select(click => (click, labels[click.Id])),
        ];
        ClickHistories histories = ClickHistories.Of(labelled, Weight).With(ClickLogistic.Fit(labelled, L2));
        byte[] file = histories.ToBytes();
        Dictionary<string, float[]> found = FeaturesOf(lines, FieldHistories.Read(file));
        Assert.Equal(clicks.Length, found.Count);
        foreach (ClickRecord click in clicks)
        {
            Assert.Equal(histories.Features(click), found[click.Id]);
        }

        using var folder = new LiveFolder();
        Artefact artefact = Write(folder, file);
        using var run = new PipelineRun(
            new RunOptions
            {
                Base = new Dictionary<string, string> { ["model/clicks"] = """{"file":"own.artefact"}""" },
                Folders = [folder.Path],
                CompleteVerdicts = true,
            }
        );
        run.Process([.. lines.Zip(clicks).Select(line => LogRecord.Of(0, line.Second.Time, line.First))], () => 500);
        Assert.Equal(clicks.Length, run.Counts.Verdicts);
        foreach (ClickRecord click in clicks)
        {
            Assert.Equal(
                artefact.Probability(artefact.Ensemble.Score(histories.Features(click))),
                run.Verdict(click.Id).GetProperty("score").GetDouble(),
                1e-4
            );
        }

        Assert.True(
            run.Verdicts.Select(verdict =>
                    JsonDocument.Parse(verdict.Json).RootElement.GetProperty("score").GetDouble()
                )
                .Distinct()
                .Count() > 20
        );
    }

    [Fact]
    public void Labels_that_come_later_count_on_top_as_if_they_had_been_there_and_earlier_ones_not_twice()
    {
        ClickRecord[] clicks = [.. Records(Odd)];
        (ClickRecord, bool)[] labelled = [.. clicks.Select(click => (click, true))];
        FieldHistories first = FieldHistories.Read(ClickHistories.Of([labelled[0]], Weight).ToBytes());
        float[][] all = [.. clicks.Select(ClickHistories.Of(labelled, Weight).Features)];
        var hash = new KeyedHash(3, 5);
        var histories = new Histories(hash, own: () => first);
        using var places = new Decoded();
        foreach (string line in Odd)
        {
            ClickDimensions place = places.Place(line);
            var label = new LabelEvent
            {
                Click = place.Offset.ToString(),
                Time = place.Time,
                Valid = false,
                Source = "analyst",
            };
            Assert.Equal(LabelOutcome.Counted, histories.Add(place.Complete(label), place.Time));
        }
        Dictionary<string, float[]> found = FeaturesOf(
            Odd,
            first,
            histories,
            hash,
            clicks.Max(click => click.Time) / 60_000 + LookedUpAfter
        );
        for (int i = 0; i < clicks.Length; i++)
        {
            // Half of a label is forgotten in thirty days, and some hours lie between them.
            for (int f = 0; f < all[i].Length; f++)
            {
                Assert.True(
                    Math.Abs(all[i][f] - found[clicks[i].Id][f]) < 0.01,
                    $"{FieldHistories.FeatureNames[f]}: {found[clicks[i].Id][f]}, expected {all[i][f]}"
                );
            }
        }
        // Taken back, all is as it was.
        foreach (string line in Odd)
        {
            ClickDimensions place = places.Place(line);
            histories.Add(
                new LabelEvent
                {
                    Click = place.Offset.ToString(),
                    Time = place.Time,
                    Valid = true,
                    Source = "analyst",
                    Weight = 0,
                },
                place.Time
            );
        }
        found = FeaturesOf(Odd, first, histories, hash, clicks.Max(click => click.Time) / 60_000 + LookedUpAfter);
        Dictionary<string, float[]> alone = FeaturesOf(Odd, first);
        foreach (ClickRecord click in clicks)
        {
            for (int f = 0; f < all[0].Length; f++)
            {
                Assert.Equal(alone[click.Id][f], found[click.Id][f], 1e-5);
            }
        }
    }

    [Theory]
    [InlineData("a", 100, 2, 3, 3)]
    [InlineData("a", 200, 1, 3, 1)]
    [InlineData("b", 200, 0, 1, 1)]
    [InlineData("b", 300, 0, 1, 0)]
    public void A_pair_says_how_much_of_its_rarer_fields_clicks_it_holds(
        string make,
        int width,
        int both,
        int ofMake,
        int ofScreen
    )
    {
        static string Line(string make, int width, int id) =>
            $$"""{"type":"click","id":"{{id}}","time":1795338000000,"ip":"203.0.113.9","publisher":"p","device":{"make":"{{make}}"},"viewport":[{{width}},50]}""";
        (ClickRecord, bool)[] clicks =
        [
            .. Records([Line("a", 100, 1), Line("a", 100, 2), Line("a", 200, 3), Line("b", 100, 4)])
                .Select(click => (click, true)),
        ];
        float[] features = ClickHistories.Of(clicks, Weight).Features(Records([Line(make, width, 5)]).Single());
        Assert.Equal(
            Math.Log((1.0 + both) / (1 + Math.Min(ofMake, ofScreen))),
            features[Array.IndexOf(FieldHistories.FeatureNames, "share_screen_make")],
            1e-6
        );
    }

    [Fact]
    public void A_forest_of_parts_scores_as_the_part_that_a_feature_chooses_and_the_share_of_another()
    {
        const int Features = 9,
            Gate = 2,
            Linear = 8;
        var random = new Random(4);
        Forest low = RandomForest.Make(random, 30, Features, 8, 20),
            high = RandomForest.Make(random, 50, Features, 16, 20),
            blend = ForestBlend.Of(low, high, Gate, 0.5f, Linear, 0.65f, 0.25);
        for (int i = 0; i < 500; i++)
        {
            float[] row = [.. Enumerable.Range(0, Features).Select(_ => (float)(random.NextDouble() * 20 - 10))];
            double expected =
                0.65f * (row[Gate] > 0.5f ? high : low).Score(row) + 0.25 * Math.Clamp(row[Linear], -8, 8);
            // steps of 1/32, and the last of them a little before 8
            Assert.Equal(expected, blend.Score(row), 0.05);
        }
    }

    [Fact]
    public void Histories_of_another_training_are_refused_and_so_are_none()
    {
        using var folder = new LiveFolder();
        Write(folder, ClickHistories.Of(Records(Odd).Select(click => (click, true)), Weight).ToBytes());
        File.WriteAllText(folder.File("own.artefact.histories"), "weight\t6\nuntil\t0\nall\t1\t2\n");
        var book = new SettingsBuilder(new SettingFiles(folder.Path));
        Assert.Contains(
            "SHA-256",
            Assert.Throws<SettingException>(() => book.Apply("model/clicks", """{"file":"own.artefact"}""")).Message
        );
        File.Delete(folder.File("own.artefact.histories"));
        Assert.Contains(
            "not found",
            Assert.Throws<SettingException>(() => book.Apply("model/clicks", """{"file":"own.artefact"}""")).Message
        );
    }

    [Fact]
    public void Of_the_engines_own_features_an_artefact_with_networks_is_refused()
    {
        using var folder = new LiveFolder();
        var random = new Random(6);
        Forest forest = RandomForest.Make(random, 3, ClickFeatures.Count, 4, 5);
        ArtefactHeader header = RandomForest.Header(forest.Features) with
        {
            Features = [.. ClickFeatures.Names.Select(name => new ArtefactFeature(name, "1", 0, 0, 1))],
        };
        Artefact
            .Create(header, new Ensemble(forest, [NetworkTests.RandomNetwork(random, forest.Features, 4, 4)]))
            .Save(folder.File("own.artefact"));
        Assert.Contains(
            "networks",
            Assert
                .Throws<SettingException>(() =>
                    new SettingsBuilder(new SettingFiles(folder.Path)).Apply(
                        "model/clicks",
                        """{"file":"own.artefact"}"""
                    )
                )
                .Message
        );
    }

    private static Artefact Write(LiveFolder folder, byte[] histories)
    {
        var random = new Random(5);
        Forest forest = RandomForest.Make(random, 60, FieldHistories.FeatureNames.Length, 16, 40);
        ArtefactHeader header = RandomForest.Header(forest.Features) with
        {
            Features = [.. FieldHistories.FeatureNames.Select(name => new ArtefactFeature(name, "1", 0, 0, 1))],
            Settings = new Dictionary<string, string>
            {
                [ModelInForce.HistoriesHash] = Convert.ToHexStringLower(
                    System.Security.Cryptography.SHA256.HashData(histories)
                ),
            },
        };
        Artefact artefact = Artefact.Create(
            header,
            new Ensemble(forest, [NetworkTests.RandomNetwork(random, forest.Features, 24, 8)])
        );
        artefact.Save(folder.File("own.artefact"));
        File.WriteAllBytes(folder.File("own.artefact.histories"), histories);
        return artefact;
    }

    private static IEnumerable<ClickRecord> Records(IEnumerable<string> lines)
    {
        using var folder = new LiveFolder();
        return [.. ClickRecord.Read(folder.Write("clicks.jsonl", string.Join('\n', lines)))];
    }

    private static Dictionary<string, float[]> FeaturesOf(
        IEnumerable<string> lines,
        FieldHistories own,
        Histories? live = null,
        KeyedHash? hash = null,
        long minute = 0
    )
    {
        using var decoded = new Decoded();
        var features = new Dictionary<string, float[]>();
        var fields = new ClickFields();
        foreach (string line in lines)
        {
            string id = decoded.Fill(line, fields);
            own.Fill(
                fields,
                hash ?? new KeyedHash(3, 5),
                live,
                minute,
                features[id] = new float[FieldHistories.FeatureNames.Length]
            );
        }
        return features;
    }

    /// <summary>Decodes clicks as the engine does.</summary>
    private sealed unsafe class Decoded : IDisposable
    {
        private readonly Engine.Pipeline.Decode.EventArena _arena = new();
        private readonly Engine.Pipeline.Decode.JsonEventDecoder _json;

        public Decoded() => _json = new Engine.Pipeline.Decode.JsonEventDecoder(_arena);

        public string Fill(string line, ClickFields fields)
        {
            string id = "";
            Decode(line, (in Engine.Pipeline.Decode.InteractionEvent e) =>
            {
                fields.Fill(e, e.Time);
                id = e.Id.ToString();
            });
            return id;
        }

        public ClickDimensions Place(string line)
        {
            ClickDimensions? place = null;
            Decode(line, (in Engine.Pipeline.Decode.InteractionEvent e) => place = ClickDimensions.Of(e, line.Length));
            return place!;
        }

        private delegate void Take(in Engine.Pipeline.Decode.InteractionEvent e);

        private void Decode(string line, Take take)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(line);
            Engine.Pipeline.Decode.InteractionEvent e = default;
            _arena.Reset();
            fixed (byte* start = bytes)
            {
                Assert.False(_json.Decode(start, bytes.Length, ref e, CloudEvent.None).IsError, line);
                take(e);
            }
        }

        public void Dispose() => _arena.Dispose();
    }
}
