using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.Module;
using Engine.Workflows.Priority;
using Engine.Workflows.Priority.Decision;
using Engine.Workflows.Priority.Upkeep;
using Engine.Workflows.Runtime;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>Refund reviews: when one opens, what it is told of and how often, and by whom.</summary>
public sealed class RefundReviewTests
{
    private static readonly DateTimeOffset Morning = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Morning);
    private readonly Sums _sums = new();
    private readonly List<(string Topic, string Key, string Json, string Id)> _sent = [];
    private readonly SettingsTimeline _timeline;
    private readonly RefundReviews _reviews;

    public RefundReviewTests()
    {
        _timeline = Timeline(
            ("campaign/cmp-7", """{"review_above":{"invalid_share":0.3,"lost_micros":50000000}}"""),
            ("campaign/quiet", "{}")
        );
        _reviews = new RefundReviews(_sums, _timeline, "", _clock);
    }

    private static SettingsTimeline Timeline(params (string Key, string Json)[] settings)
    {
        var book = new SettingsBuilder(new SettingFiles());
        foreach ((string key, string json) in settings)
        {
            book.Apply(key, json);
        }

        return new SettingsTimeline(book.Build("s-base", new KeyedHash(1, 2)), Activation.Delay);
    }

    private OwnedMemory Memory(int partition) => new(partition, Owned(partition).Memory);

    private PartitionRun Owned(int partition) =>
        new(
            new HostedWorkflow(new PriorityWorkflow(), new PriorityDecider()),
            partition,
            _timeline,
            new CompiledSettings(),
            new KeyedHash(1, 2),
            0,
            0
        );

    /// <summary>What one look a second later sends, as <c>type share lost</c>.</summary>
    private string[] Look(RefundReviews? reviews = null, int partition = 0)
    {
        _sent.Clear();
        _clock.Advance(TimeSpan.FromSeconds(1));
        (reviews ?? _reviews).Run(null!, [Memory(partition)], (topic, key, json, id) =>
            _sent.Add((topic, key, json, id))
        );
        return
        [
            .. _sent
                .Select(sent => JsonDocument.Parse(sent.Json).RootElement)
                .Select(e =>
                    $"{e.GetProperty("type")} {e.GetProperty("context").GetProperty("invalid_share")} "
                    + $"{e.GetProperty("context").GetProperty("lost_micros")}"
                ),
        ];
    }

    [Theory]
    [InlineData(10, 3, 50_000_000, false)]
    [InlineData(10, 3, 50_000_001, true)]
    [InlineData(1000, 301, 0, true)]
    [InlineData(0, 0, 0, false)]
    public void A_review_opens_past_a_limit_and_not_at_it(double clicks, double invalid, long lost, bool opens)
    {
        _sums["cmp-7"] = new ClickSums(clicks, invalid, lost * 2, lost);
        Assert.Equal(opens, Look().Length > 0);
    }

    [Fact]
    public void It_is_a_start_of_the_campaigns_instance_of_the_day_with_what_its_verdicts_say()
    {
        _sums["cmp-7"] = new ClickSums(100, 40, 90_000_000, 81_000_000);
        Assert.Equal(["process-started 0.4 81000000", "process-context 0.4 81000000"], Look());
        Assert.All(_sent, sent => Assert.Equal((Topics.Processes, "rr-cmp-7-20261122"), (sent.Topic, sent.Key)));
        JsonElement e = JsonDocument.Parse(_sent[0].Json).RootElement;
        Assert.Equal(
            ("refund-review", "rr-cmp-7-20261122", "cmp-7", _clock.GetUtcNow().ToUnixTimeMilliseconds()),
            (
                e.GetProperty("process").GetString(),
                e.GetProperty("instance").GetString(),
                e.GetProperty("context").GetProperty("campaign").GetString(),
                e.GetProperty("time").GetInt64()
            )
        );
        Assert.Equal("rr-cmp-7-20261122-started", _sent[0].Id);
    }

    [Fact]
    public void The_decider_takes_both_and_a_repeat_of_them_changes_nothing()
    {
        _sums["cmp-7"] = new ClickSums(100, 40, 90_000_000, 81_000_000);
        Look();
        var log = new ProcessLog(("process/refund-review", ProcessLog.Example));
        foreach (var sent in _sent.Concat(_sent).ToArray())
        {
            log.Json(sent.Json, sent.Key, ("id", sent.Id));
        }

        Assert.Equal((10, 2L), (log.Level("rr-cmp-7-20261122", "refund-review"), log.Run.Counts.Duplicates));
        Assert.Empty(log.Run.DeadLetters);
    }

    [Fact]
    public void Context_follows_when_lost_cost_grew_by_a_hundredth_or_the_share_moved_by_one()
    {
        _sums["cmp-7"] = new ClickSums(1000, 400, 0, 100_000_000);
        Look();
        Assert.Empty(Look());
        _sums["cmp-7"] = new ClickSums(1000, 409, 0, 100_999_999);
        Assert.Empty(Look());
        _sums["cmp-7"] = new ClickSums(1000, 409, 0, 101_000_000);
        Assert.Equal(["process-context 0.409 101000000"], Look());
        _sums["cmp-7"] = new ClickSums(1000, 399, 0, 101_000_000);
        Assert.Equal(["process-context 0.399 101000000"], Look());
        // Below the limit, too: the review is open, and its context goes on.
        _sums["cmp-7"] = new ClickSums(1000, 100, 0, 101_000_000);
        Assert.Equal(["process-context 0.1 101000000"], Look());
    }

    [Fact]
    public void A_campaign_says_something_once_a_second_at_most()
    {
        _sums["cmp-7"] = new ClickSums(10, 9, 0, 60_000_000);
        Look();
        _sent.Clear();
        _sums["cmp-7"] = new ClickSums(10, 9, 0, 90_000_000);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        _reviews.Run(null!, [Memory(0)], (topic, key, json, id) => _sent.Add((topic, key, json, id)));
        Assert.Empty(_sent);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _reviews.Run(null!, [Memory(0)], (topic, key, json, id) => _sent.Add((topic, key, json, id)));
        Assert.Single(_sent);
    }

    [Fact]
    public void Campaigns_without_limits_or_setting_open_nothing()
    {
        _sums["quiet"] = _sums["unknown"] = new ClickSums(10, 10, 1_000_000_000, 1_000_000_000);
        Assert.Empty(Look());
    }

    [Fact]
    public void Only_the_owner_of_the_first_partition_sends_and_only_of_the_first_group()
    {
        _sums["cmp-7"] = new ClickSums(10, 10, 1_000_000_000, 1_000_000_000);
        Assert.Empty(Look(partition: 1));
        Assert.Empty(Look(new RefundReviews(_sums, _timeline, "b:", _clock)));
        Assert.NotEmpty(Look());
    }

    [Fact]
    public void Who_takes_over_says_the_same_under_the_same_ids()
    {
        _sums["cmp-7"] = new ClickSums(10, 9, 0, 60_000_000);
        Look();
        string[] first = [.. _sent.Select(sent => sent.Id)];
        Look(new RefundReviews(_sums, _timeline, "", _clock));
        Assert.Equal(first, _sent.Select(sent => sent.Id));
        // Given away and got back, it doesn't count on what it said before.
        Look(partition: 1);
        Look();
        Assert.Equal(first, _sent.Select(sent => sent.Id));
        _sums["cmp-7"] = new ClickSums(10, 9, 0, 70_000_000);
        Look();
        Assert.DoesNotContain(_sent[0].Id, first);
    }

    [Fact]
    public void The_next_day_has_a_review_of_its_own_where_there_is_more_to_say()
    {
        _sums["cmp-7"] = new ClickSums(10, 9, 0, 60_000_000);
        Look();
        _clock.Advance(TimeSpan.FromHours(16));
        Assert.Empty(Look());
        _sums["cmp-7"] = new ClickSums(10, 9, 0, 61_000_000);
        Assert.Equal(["process-started 0.9 61000000", "process-context 0.9 61000000"], Look());
        Assert.Equal("rr-cmp-7-20261123", _sent[0].Key);
    }

    [Fact]
    public void A_campaign_too_long_for_a_name_is_cut_and_told_apart_by_a_hash()
    {
        string a = RefundReviews.InstanceOf(new string('x', 127) + "a", Morning),
            b = RefundReviews.InstanceOf(new string('x', 127) + "b", Morning);
        Assert.NotEqual(a, b);
        Assert.Equal((128, 128), (a.Length, b.Length));
        Assert.Equal(
            "rr-" + new string('y', 116) + "-20261122",
            RefundReviews.InstanceOf(new string('y', 116), Morning)
        );
        Assert.Equal(128, RefundReviews.InstanceOf(new string('y', 117), Morning).Length);
    }

    private sealed class Sums : IStandings
    {
        private readonly Dictionary<string, ClickSums> _sums = [];

        public ClickSums this[string campaign]
        {
            get => _sums[campaign];
            set => _sums[campaign] = value;
        }

        public ClickSums Network(string cidr) => default;

        public IReadOnlyList<KeyValuePair<string, ClickSums>> Campaigns => [.. _sums];
    }
}
