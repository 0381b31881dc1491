using System.Text;
using Engine.Contracts;
using Engine.Partitions;

namespace Engine.Pipeline.Deliver;

/// <summary>The fields of totals: their indices in a cell, and their names in Redis.</summary>
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

/// <summary>Counts of one campaign or publisher in one hour of event time. It accumulates counts between commits.
/// <see cref="Begin"/> sets them aside for a commit, <see cref="Write"/> writes the commit's arguments as often as it
/// must be sent, and <see cref="Acknowledge"/> ends it. A field's first change is an increment, to which Redis answers
/// with the sum. From then on the sum is known and written as an absolute value: that takes one command for many
/// fields, and is safe as only the partition's owner writes them.</summary>
public sealed class TotalCell
{
    private const long Unknown = -1;

    /// <summary>Totals of all classes since the last commit began. Valid is the total minus the rest, so most clicks
    /// touch only these two.</summary>
    private long _clicks,
        _cost;

    /// <summary>Values by field: those of <see cref="TotalField"/>, then two for each of
    /// <see cref="_codes"/>.</summary>
    private long[] _added = new long[TotalField.Count],
        _sending = new long[TotalField.Count],
        _known = Enumerable.Repeat(Unknown, TotalField.Count).ToArray();

    /// <summary>The rules and allow lists that matched here, and their fields' names.</summary>
    private readonly List<string> _codes = [];
    private readonly List<byte[]> _codeNames = [];

    public required byte[] Key { get; init; }

    /// <summary>The campaign or publisher; empty for all clicks.</summary>
    public string Id { get; init; } = "";

    /// <summary>Whether it is a campaign's.</summary>
    public bool IsCampaign { get; init; }

    /// <summary>The hour of event time, counted from the Unix epoch.</summary>
    public long Hour { get; init; }

    /// <summary>When its TTL in Redis is renewed.</summary>
    public TtlRenewal Ttl { get; } = new();

    /// <summary>Whether anything was counted since the last commit began.</summary>
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

    /// <summary>Adds a confirmation, which counts only for its reason.</summary>
    public void AddConfirmation(int reason) => _added[TotalField.ClicksOfReason(reason)]++;

    /// <summary>Adds a rule or an allow list by its code.</summary>
    public void AddCode(string code, long cost)
    {
        int at = FieldOf(code);
        _added[at]++;
        _added[at + 1] += cost;
    }

    /// <summary>Sets the counts aside for a commit; the last one must have ended.</summary>
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

    /// <summary>Sets aside for the same commit what another cell has set aside, too.</summary>
    public void Include(TotalCell other)
    {
        for (int i = 0; i < TotalField.Count; i++)
        {
            _sending[i] += other._sending[i];
        }

        for (int i = 0; i < other._codes.Count; i++)
        {
            (long clicks, long cost) = (
                other._sending[TotalField.Count + 2 * i],
                other._sending[TotalField.Count + 2 * i + 1]
            );
            if ((clicks | cost) != 0)
            {
                int at = FieldOf(other._codes[i]);
                _sending[at] += clicks;
                _sending[at + 1] += cost;
            }
        }
    }

    /// <summary>What the commit adds to the day's sums.</summary>
    public (long Clicks, long Cost, long Invalid, long InvalidCost) Sending =>
        (
            _sending[TotalField.Clicks],
            _sending[TotalField.Cost],
            _sending[TotalField.ClicksOf(VerdictClass.Givt)] + _sending[TotalField.ClicksOf(VerdictClass.Sivt)],
            _sending[TotalField.CostOf(VerdictClass.Givt)] + _sending[TotalField.CostOf(VerdictClass.Sivt)]
        );

    /// <summary>Writes the cell's part of a commit: increments for unknown fields, absolute values for known
    /// ones.</summary>
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

    /// <summary>Ends the commit.</summary>
    /// <param name="sums">The answered sums of all incremented fields, cell by cell, if there are any; reads this
    /// cell's sums.</param>
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

    /// <summary>The first of a code's two fields.</summary>
    private int FieldOf(string code)
    {
        int at = _codes.IndexOf(code);
        return TotalField.Count + 2 * (at < 0 ? NewCode(code) : at);
    }

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
}

/// <summary>Reads the sums in a commit's answer: <c>DONE sum sum …</c>, or just <c>DONE</c> if the commit was already
/// applied; then no sum is known.</summary>
public ref struct SumReader(ReadOnlySpan<byte> reply)
{
    private ReadOnlySpan<byte> _left = reply[Math.Min(reply.Length, "DONE ".Length)..];

    /// <summary>Reads the next sum; -1 if there is none.</summary>
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
