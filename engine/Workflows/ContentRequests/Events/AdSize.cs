using System.Text.Json;
using Engine.Contracts;

namespace Engine.Workflows.ContentRequests.Events;

/// <summary>The width and height of an ad in CSS pixels, each 0 to 2,147,483,647.</summary>
public readonly record struct AdSize(int Width, int Height) : IComparable<AdSize>
{
    /// <summary>The maximum number of sizes in one request or definition.</summary>
    public const int MaxCount = EventLimits.MaxSizes;

    /// <summary>The difference of the widths plus the difference of the heights, pixels.</summary>
    public long DistanceTo(AdSize other) => Math.Abs((long)Width - other.Width) + Math.Abs((long)Height - other.Height);

    public int CompareTo(AdSize other) =>
        Width != other.Width ? Width.CompareTo(other.Width) : Height.CompareTo(other.Height);

    public static bool operator <(AdSize left, AdSize right) => left.CompareTo(right) < 0;

    public static bool operator <=(AdSize left, AdSize right) => left.CompareTo(right) <= 0;

    public static bool operator >(AdSize left, AdSize right) => left.CompareTo(right) > 0;

    public static bool operator >=(AdSize left, AdSize right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Width}x{Height}";

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        json.WriteNumberValue(Width);
        json.WriteNumberValue(Height);
        json.WriteEndArray();
    }

    /// <summary>Reads <c>[[300,250],…]</c>. Returns null and the problem if it isn't a list of 1 to
    /// <see cref="MaxCount"/> sizes.</summary>
    /// <param name="isType">Whether the problem is a type rather than a range.</param>
    public static AdSize[]? ReadList(JsonElement list, out string problem, out bool isType)
    {
        (problem, isType) = ($"expected 1 to {MaxCount} of [width, height]", false);
        int count = list.GetArrayLength();
        if (count is 0 or > MaxCount)
        {
            return null;
        }

        var sizes = new AdSize[count];
        int at = 0;
        foreach (JsonElement size in list.EnumerateArray())
        {
            isType = true;
            if (size.ValueKind != JsonValueKind.Array || size.GetArrayLength() != 2)
            {
                return null;
            }

            if (
                !Extent(size[0], ref problem, ref isType, out int width)
                || !Extent(size[1], ref problem, ref isType, out int height)
            )
            {
                return null;
            }

            sizes[at++] = new AdSize(width, height);
        }
        return sizes;
    }

    private static bool Extent(JsonElement value, ref string problem, ref bool isType, out int extent)
    {
        extent = 0;
        if (value.ValueKind != JsonValueKind.Number)
        {
            return false;
        }

        if (value.TryGetInt32(out extent) && extent >= 0)
        {
            return true;
        }

        isType = value.TryGetDouble(out double real) && real != Math.Floor(real);
        problem = $"{value.GetRawText()} isn't a width or height; expected a whole number from 0 to {int.MaxValue}";
        return false;
    }
}
