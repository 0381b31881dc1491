using Engine.Primitives;

namespace Engine.Pipeline.Deliver;

/// <summary>The arguments of a step as RESP, and how many there are.</summary>
public sealed class StepArguments
{
    private readonly Utf8Builder _resp = new();

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Written => _resp.Written;

    public void Clear()
    {
        _resp.Clear();
        Count = 0;
    }

    public void Add(ReadOnlySpan<byte> value)
    {
        _resp.Add("$"u8).Number(value.Length).Add("\r\n"u8).Add(value).Add("\r\n"u8);
        Count++;
    }

    public void Add(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        System.Buffers.Text.Utf8Formatter.TryFormat(value, digits, out int written);
        Add(digits[..written]);
    }

    public void Add(ReadOnlySpan<byte> name, long value)
    {
        Add(name);
        Add(value);
    }
}
