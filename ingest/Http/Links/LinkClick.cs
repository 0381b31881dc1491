using System.Text.Json;
using Engine.Client.Checks;
using Engine.Contracts.Settings;
using Engine.Web;
using Engine.Workflows;
using Microsoft.AspNetCore.Http;

namespace Ingest.Http.Links;

/// <summary>The click that a request of an ad's link stands for.</summary>
internal static class LinkClick
{
    private const int IdBytes = 12;

    /// <summary>An id for a link that has none.</summary>
    internal static string NewId() =>
        "c-" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(IdBytes));

    /// <summary>Makes the click's event. Address, agent and time are the server's own; advertiser and cost the
    /// campaign's.</summary>
    /// <param name="ip">The client's address.</param>
    /// <exception cref="RefusedException">The link's parameters aren't as the contract says (400).</exception>
    internal static (CheckedEvent Checked, byte[] Json) Of(
        HttpRequest request,
        CampaignSetting campaign,
        string id,
        string ip,
        long time
    )
    {
        using var json = new MemoryStream(512);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "click");
            writer.WriteString("id", id);
            writer.WriteNumber("time", time);
            writer.WriteString("ip", ip);
            writer.WriteString("ua", request.Headers.UserAgent.ToString());
            writer.WriteString("campaign", campaign.Id);
            Write(writer, "publisher", request.Query["publisher"]);
            Write(writer, "placement", request.Query["placement"]);
            Write(writer, "visitor", request.Query["visitor"]);
            Write(writer, "advertiser", campaign.Advertiser ?? request.Query["advertiser"]);
            Write(writer, "target", campaign.Target);
            // The page that shows the ad; browsers may shorten it to its origin.
            Write(writer, "page", request.Headers.Referer);
            if (campaign.CostMicros is { } cost)
            {
                writer.WriteNumber("cost_micros", cost);
            }

            writer.WriteEndObject();
        }

        byte[] bytes = json.ToArray();
        CheckedEvent found = EventCheck.Inspect(bytes, WorkflowEvents.All);
        return found.Reason == null
            ? (found, bytes)
            : throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"The ad's link: {Refusal.InWords(found, bytes)}.",
                found.Detail
            );
    }

    private static void Write(Utf8JsonWriter writer, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            writer.WriteString(name, value);
        }
    }
}
