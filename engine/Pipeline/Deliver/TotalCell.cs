using System.Text;
using Engine.Contracts;
using Engine.Partitions;

namespace Engine.Pipeline.Deliver;

/// <summary>The fields of totals: at which place in a cell's numbers each lies, and how Redis calls it.</summary>
internal static class TotalField
{
    public const int Clicks = 0,
        Cost = 1;

    private const int Classes = 2,
        Reason = Classes + 2 * 4;

    public static readonly int Count = Reason + 2 * Reasons.Count;

    public static readonly byte[][] Names = MakeNames();

    public static int ClicksOf(VerdictClass @class) => Classes + 2 * (int)@class;

    public static int CostOf(VerdictClass @class) => ClicksOf(@class) + 1;

    public static int ClicksOfReason(int reason) => Reason + 2 * reason;

    public static int CostOfReason(int reason) => ClicksOfReason(reason) + 1;

    private static byte[][] MakeNames()
    {
        var names = new byte[Count][];
        (names[Clicks], names[Cost]) = ("clicks"u8.ToArray(), "cost_micros"u8.ToArray());
        foreach (VerdictClass @class in Enum.GetValues<VerdictClass>())
        {
            Put(ClicksOf(@class), @class.ToString().ToLowerInvariant());
        }

        for (int reason = 0; reason < Reasons.Count; reason++)
        {
            Put(ClicksOfReason(reason), "reason:" + Reasons.Table[reason].Code);
        }

        return names;

        void Put(int clicks, string of) =>
            (names[clicks], names[clicks + 1]) = (
                Encoding.ASCII.GetBytes("clicks:" + of),
                Encoding.ASCII.GetBytes("cost_micros:" + of)
            );
    }
}

/// <summary>
/// Counts of one campaign or publisher in one hour of event time. What is counted between two steps is added up here;
/// <see cref="Begin"/> sets it aside for a step, <see cref="Write"/> gives the step's arguments, as often as it has to
/// be sent, and <see cref="Acknowledge"/> ends it. A field is first added to what is in Redis, which answers with its
/// sum; from then on its sum is known and written as it is: many fields are one command then, and only the partition's
/// owner writes them.
/// </summary>
public sealed class TotalCell
{
    private const long Unknown = -1;

    /// <summary>
    /// Of all clicks since the last step began; what is left of them when those of the other classes are taken off is
    /// valid, so most clicks touch these alone.
    /// </summary>
    private long _clicks,
        _cost;

    /// <summary>By field: those of <see cref="TotalField"/>, then two for each of <see cref="_codes"/>.</summary>
    private long[] _added = new long[TotalField.Count],
        _sending = new long[TotalField.Count],
        _known = Enumerable.Repeat(Unknown, TotalField.Count).ToArray();

    /// <summary>Rules and allow lists that held here, and their fields' names.</summary>
    private readonly List<string> _codes = [];
    private readonly List<byte[]> _codeNames = [];

    /// <summary>Log time at which its time in Redis was renewed.</summary>
    private long _renewedAt = long.MinValue;

    public required byte[] Key { get; init; }

    /// <summary>Whether something was counted since the last step began.</summary>
    public bool IsDirty { get; set; }

    public void AddClick(VerdictClass @class, long cost)
    {
        _clicks++;
        _cost += cost;
        if (@class == VerdictClass.Valid)
        {
            return;
        }

        _added[TotalField.ClicksOf(@class)]++;
        _added[TotalField.CostOf(@class)] += cost;
    }

    public void AddReason(int reason, long cost)
    {
        _added[TotalField.ClicksOfReason(reason)]++;
        _added[TotalField.CostOfReason(reason)] += cost;
    }

    /// <summary>A confirmation adds its reason's clicks, and nothing else.</summary>
    public void AddConfirmation(int reason) => _added[TotalField.ClicksOfReason(reason)]++;

    /// <summary>A rule or an allow list, by its code.</summary>
    public void AddCode(string code, long cost)
    {
        int at = _codes.IndexOf(code);
        if (at < 0)
        {
            at = NewCode(code);
        }

        _added[TotalField.Count + 2 * at]++;
        _added[TotalField.Count + 2 * at + 1] += cost;
    }

    /// <summary>Sets aside what was counted, for a step; the last one has ended.</summary>
    public void Begin()
    {
        (long clicks, long cost) = (_added[TotalField.Clicks], _added[TotalField.Cost]) = (_clicks, _cost);
        _clicks = _cost = 0;
        foreach (
            VerdictClass @class in (ReadOnlySpan<VerdictClass>)
                [VerdictClass.Suspect, VerdictClass.Givt, VerdictClass.Sivt]
        )
        {
            (clicks, cost) = (clicks - _added[TotalField.ClicksOf(@class)], cost - _added[TotalField.CostOf(@class)]);
        }

        (_added[TotalField.ClicksOf(VerdictClass.Valid)], _added[TotalField.CostOf(VerdictClass.Valid)]) = (
            clicks,
            cost
        );
        _added.CopyTo(_sending, 0);
        Array.Clear(_added);
        IsDirty = false;
    }

    /// <summary>Writes the cell's part of a commit: what isn't known is added to, what is known is set.</summary>
    public void Write(PipelinedCommit into, bool renew)
    {
        (int increments, int sets) = (0, 0);
        for (int i = 0; i < _sending.Length; i++)
        {
            if (_sending[i] == 0)
            {
                continue;
            }

            if (_known[i] == Unknown)
            {
                increments++;
            }
            else
            {
                sets++;
            }
        }
        into.Hash(Key, increments, sets, renew);
        for (int i = 0; i < _sending.Length; i++)
        {
            if (_sending[i] != 0 && _known[i] == Unknown)
            {
                into.Field(NameOf(i), _sending[i]);
            }
        }

        for (int i = 0; i < _sending.Length; i++)
        {
            if (_sending[i] != 0 && _known[i] != Unknown)
            {
                into.Field(NameOf(i), _known[i] + _sending[i]);
            }
        }
    }

    /// <summary>The step is done.</summary>
    /// <param name="sums">Where they were answered, the sums of all fields that were added to, one cell's behind
    /// another's; this cell's are taken off.</param>
    public void Acknowledge(ref SumReader sums)
    {
        for (int i = 0; i < _sending.Length; i++)
        {
            if (_sending[i] != 0)
            {
                _known[i] = _known[i] == Unknown ? sums.Next() : _known[i] + _sending[i];
            }
        }
    }

    private byte[] NameOf(int field) =>
        field < TotalField.Count ? TotalField.Names[field] : _codeNames[field - TotalField.Count];

    private int NewCode(string code)
    {
        _codes.Add(code);
        _codeNames.Add(Encoding.ASCII.GetBytes("clicks:reason:" + code));
        _codeNames.Add(Encoding.ASCII.GetBytes("cost_micros:reason:" + code));
        int fields = TotalField.Count + _codeNames.Count;
        Array.Resize(ref _added, fields);
        Array.Resize(ref _sending, fields);
        Array.Resize(ref _known, fields);
        _known.AsSpan(fields - 2).Fill(Unknown);
        return _codes.Count - 1;
    }

    /// <summary>Whether its time in Redis is to be renewed with this change.</summary>
    public bool IsRenewalDue(long logTime, long everyMs) =>
        _renewedAt == long.MinValue || logTime - _renewedAt >= everyMs;

    /// <summary>A change is acknowledged: what was due then is done.</summary>
    public void Renew(long logTime, long everyMs)
    {
        if (IsRenewalDue(logTime, everyMs))
        {
            _renewedAt = logTime;
        }
    }
}

/// <summary>
/// Reads the sums that a step answers: <c>DONE sum sum …</c>, or <c>DONE</c> alone where the step was done before; then
/// none is known.
/// </summary>
public ref struct SumReader(ReadOnlySpan<byte> reply)
{
    private ReadOnlySpan<byte> _left = reply[Math.Min(reply.Length, "DONE ".Length)..];

    /// <summary>The next sum; -1 where it isn't told.</summary>
    public long Next()
    {
        if (!System.Buffers.Text.Utf8Parser.TryParse(_left, out long sum, out int length))
        {
            return -1;
        }

        _left = _left[Math.Min(_left.Length, length + 1)..];
        return sum;
    }
}
