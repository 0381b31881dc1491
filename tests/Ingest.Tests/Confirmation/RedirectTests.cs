using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts.Settings;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Confirmation;

/// <summary>Where links lead is what the campaign's setting says, whatever a request holds; and a setting holds plain
/// addresses only.</summary>
public sealed class RedirectTests
{
    private static readonly string[] Names =
    [
        "target",
        "url",
        "next",
        "redirect",
        "to",
        "page",
        "placement",
        "visitor",
    ];

    [Fact]
    public async Task No_request_changes_where_a_link_leads()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync(count: 1);
        await rig.DecideAsync("c-1", "accept");
        foreach (string payload in Payloads())
        {
            foreach (string sent in new[] { payload, Uri.UnescapeDataString(payload) }.Distinct())
            {
                string query = string.Join('&', Names.Select(name => $"{name}={Uri.EscapeDataString(sent)}"));
                using HttpResponseMessage answer = await rig.GetAsync(
                    $"/click?id=c-1&sent=1&campaign=cmp-7&publisher=p&{query}"
                );
                // Or it is refused: a placement has at most so many characters, and no control characters.
                if (answer.StatusCode != HttpStatusCode.BadRequest)
                {
                    Assert.Equal(FrontEnds.Target, answer.Headers.Location?.OriginalString);
                }
            }
        }
    }

    [Fact]
    public void Settings_refuse_what_browsers_might_read_otherwise()
    {
        string[] accepted =
        [
            .. Payloads()
                .Append("https://shop.example/p/1?a=b#c")
                .Append("HTTP://[2001:db8::1]:8080/")
                .Where(IsAccepted),
        ];
        Assert.Contains("https://shop.example/p/1?a=b#c", accepted);
        Assert.Contains("HTTP://[2001:db8::1]:8080/", accepted);
        Assert.All(accepted, target =>
            Assert.Matches(@"^[hH][tT][tT][pP][sS]?://[^/\\@?#\s]+([/?#][\x21-\x5B\x5D-\x7E]*)?$", target)
        );
    }

    private static bool IsAccepted(string target)
    {
        using JsonDocument document = JsonDocument.Parse(new JsonObject { ["target"] = target }.ToJsonString());
        try
        {
            new CampaignKind().Parse("cmp-7", new SettingReader("campaign/cmp-7", document.RootElement));
            return true;
        }
        catch (SettingException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Payloads() =>
        File.ReadLines(SharedData.File("confirm/redirects.jsonl"))
            .Select(line => (string)JsonNode.Parse(line)!["payload"]!);
}
