using System.Text.Json.Nodes;
using Engine.Workflows.Associations;
using Engine.Workflows.Associations.Codes;
using Engine.Workflows.Associations.Decision;

namespace Workflows.Tests.Associations;

/// <summary>A partition of <c>associations</c> with an item.</summary>
internal sealed class AssociationLog : IDisposable
{
    public const string Item = "it-9",
        Stats = "stats:association:it-9:{associations-0}",
        Chain = "chain:it-9:{associations-0}";

    public const string Beans = """
        {"title":"Espresso beans","price_micros":12900000,"currency":"EUR","category":"coffee","url":"https://shop.example/p/9",
         "code_ttl_s":604800,"pushes":[{"id":"third-friend","when":"association.referrals >= 3","to":["first"]}]}
        """;

    private int _number;

    public AssociationLog(params (string Key, string Json)[] more) =>
        Run = new DeciderRun(new AssociationsWorkflow(), new AssociationDecider(Keys), [("item/it-9", Beans), .. more]);

    public static AssociationKeys Keys { get; } =
        new([
            [.. Enumerable.Range(1, 32).Select(i => (byte)i)],
        ]);

    public DeciderRun Run { get; }

    /// <summary>Fields of the item's hash.</summary>
    public Dictionary<string, string> Counts => Run.Hashes.GetValueOrDefault(Stats, []);

    /// <summary>Sends an association, and gives what became of it.</summary>
    /// <param name="from">The association whose code is read; null for a scan of the item.</param>
    /// <param name="afterMs">The log time since the one before.</param>
    public JsonNode Associate(
        string account,
        JsonNode? from = null,
        string? code = null,
        string item = Item,
        string? ip = null,
        long afterMs = 60_000
    )
    {
        Run.Now += afterMs;
        string id = $"a-{++_number}";
        var e = new JsonObject
        {
            ["type"] = "association",
            ["id"] = id,
            ["time"] = Run.Now,
            ["item"] = item,
            ["account"] = account,
        };
        if ((code ?? (string?)from?["code"]) is { } read)
        {
            e["code"] = read;
        }

        if (ip != null)
        {
            e["ip"] = ip;
        }

        Run.Send(e.ToJsonString(), item);
        return JsonNode.Parse(Run.Values[$"association:{id}"])!;
    }

    public void Dispose() => Run.Dispose();
}
