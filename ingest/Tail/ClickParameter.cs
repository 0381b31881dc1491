using System.Text;
using System.Text.Json;

namespace Ingest.Tail;

/// <summary>How a parameter's value becomes a field.</summary>
internal enum ParameterKind
{
    Text,
    Number,
    Id,
    Page,
    Viewport,
    Flag,
    Device,
}

/// <summary>A parameter of the query that becomes a field.</summary>
/// <param name="Utf8">The name of the parameter.</param>
/// <param name="Field">The name of the field: that of the parameter, without <c>device.</c></param>
internal readonly record struct ClickParameter(byte[] Utf8, JsonEncodedText Field, ParameterKind Kind)
{
    /// <summary>All parameters, in the order in which an event has the fields: the id first, those of the device
    /// last.</summary>
    internal static readonly ClickParameter[] All =
    [
        new("id", ParameterKind.Id),
        new("page", ParameterKind.Page),
        new("visitor"),
        new("publisher"),
        new("placement"),
        new("campaign"),
        new("advertiser"),
        new("referrer"),
        new("target"),
        new("pointer"),
        new("cost_micros", ParameterKind.Number),
        new("x", ParameterKind.Number),
        new("y", ParameterKind.Number),
        new("viewport", ParameterKind.Viewport),
        new("expects_path", ParameterKind.Flag),
        new("device.make", ParameterKind.Device),
        new("device.model", ParameterKind.Device),
        new("device.os", ParameterKind.Device),
        new("device.osv", ParameterKind.Device),
        new("device.carrier", ParameterKind.Device),
        new("device.connectiontype", ParameterKind.Device),
        new("device.language", ParameterKind.Device),
    ];

    private ClickParameter(string name, ParameterKind kind = ParameterKind.Text)
        : this(Encoding.ASCII.GetBytes(name), JsonEncodedText.Encode(name[(name.IndexOf('.') + 1)..]), kind) { }

    /// <summary>Finds the index of a parameter in <see cref="All"/>; -1 if it becomes no field.</summary>
    internal static int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < All.Length; i++)
        {
            if (name.SequenceEqual(All[i].Utf8))
            {
                return i;
            }
        }
        return -1;
    }
}
