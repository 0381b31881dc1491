using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ical.Net.DataTypes;
using Ingest.Calendars;
using Tests.Support;
using Xunit;

namespace Ingest.Tests;

/// <summary>Calendars against what other implementations and tests say of them: the shared data's calendars.</summary>
public sealed class CalendarTests
{
    /// <summary>Where the library or the newer time zone database differ.</summary>
    private static readonly string[] Known =
    [
        // Ical.Net 5.2.4 doesn't see that 2 January 2016 is in week 53, of 2015.
        "github issue1223",
        // The expectation is the forecast of tzdata 2025b, which tzdata has since replaced.
        "own/africa-casablanca/monthly.ics",
    ];

    private static readonly DateTime Far = new(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Occurrences_start_when_others_say()
    {
        string folder = Folder();
        List<string> wrong = [];
        int count = 0;
        foreach (string line in File.ReadLines(Path.Combine(folder, "expected.jsonl")))
        {
            JsonNode expected = JsonNode.Parse(line)!;
            if (expected["disputed"] != null || Known.Contains((string?)(expected["file"] ?? expected["name"])))
            {
                continue;
            }

            count++;
            string file = (string)expected["file"]!;
            List<string> skipped = [];
            string[] starts =
            [
                .. CalendarReader
                    .Read(
                        File.ReadAllText(Path.Combine(folder, file)),
                        null,
                        At(expected["from"]) ?? DateTime.MinValue,
                        At(expected["to"]) ?? Far,
                        skipped.Add
                    )
                    .Where(one => !one.IsCancelled)
                    .Select(one => one.Start.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            ];
            string[] wanted = [.. expected["starts"]!.AsArray().Select(start => (string)start!)];
            if (!starts.SequenceEqual(wanted))
            {
                wrong.Add(
                    $"{file} ({expected["by"]}): {string.Join(' ', starts.Except(wanted).Take(9))} ({starts.Length}), "
                        + $"not {string.Join(' ', wanted.Except(starts).Take(9))} ({wanted.Length}) "
                        + string.Join("; ", skipped)
                );
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count}:\n{string.Join('\n', wrong)}");
        Assert.InRange(count, 100, int.MaxValue);
    }

    [Fact]
    public void Rules_give_the_times_that_others_say()
    {
        List<string> wrong = [];
        int count = 0;
        foreach (string line in File.ReadLines(Path.Combine(Folder(), "rules.jsonl")))
        {
            JsonNode expected = JsonNode.Parse(line)!;
            if (expected["disputed"] != null || Known.Contains((string?)(expected["file"] ?? expected["name"])))
            {
                continue;
            }

            count++;
            string from = ((string)expected["dtstart"]!).TrimEnd('Z');
            DateTime start = DateTime.ParseExact(
                from,
                ["yyyyMMdd'T'HHmmss", "yyyyMMdd"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.None
            );
            string[] wanted =
            [
                .. expected["instances"]!
                    .AsArray()
                    .Select(one => ((string)one!).TrimEnd('Z'))
                    .Select(one => one.Length == 8 ? one + "T000000" : one),
            ];
            string[] times =
            [
                .. RecurrenceTimes
                    .Of(new RecurrencePattern((string)expected["rrule"]!), start, TimeSpan.Zero)
                    .Take(wanted.Length + 1)
                    .Select(time => time.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)),
            ];
            if (!times.Take(wanted.Length).SequenceEqual(wanted))
            {
                wrong.Add(
                    $"{expected["name"]} {expected["rrule"]} from {expected["dtstart"]}: "
                        + $"{string.Join(' ', times.Take(6))}, not {string.Join(' ', wanted.Take(6))}"
                );
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count}:\n{string.Join('\n', wrong)}");
        Assert.InRange(count, 100, int.MaxValue);
    }

    [Fact]
    public void Broken_calendars_are_taken_in_part_or_refused_with_a_reason()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Folder(), "hostile"), "*.ics"))
        {
            List<string> skipped = [];
            try
            {
                IReadOnlyList<Ingest.Calendars.Occurrence> all = CalendarReader.Read(
                    File.ReadAllText(file),
                    null,
                    DateTime.MinValue,
                    Far,
                    skipped.Add
                );
                var events = new MeetingEvents(["default"], 1_763_769_600_000);
                Assert.All(all, one =>
                {
                    using JsonDocument document = JsonDocument.Parse(events.Of(one).Json);
                });
            }
            catch (CalendarException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    private static string Folder()
    {
        string? folder = Path.GetDirectoryName(SharedData.Find("calendars/expected.jsonl"));
        Assert.SkipUnless(folder != null, "needs the shared data's calendars: set SHARED_DATA");
        return folder!;
    }

    private static DateTime? At(JsonNode? time) =>
        time == null
            ? null
            : DateTime.Parse((string)time!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
}
