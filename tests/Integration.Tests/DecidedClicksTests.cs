using System.Text;
using Engine.Client;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Settings;
using Integration.Tests.Rig;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>What look-ups make of what owners write about decided clicks, as verdicts expire, owners change and
/// partitions are quiet.</summary>
public sealed class DecidedClicksTests : IAsyncLifetime
{
    private const int Partitions = 1;

    private static readonly TimeSpan Ttl = TimeSpan.FromDays(8);
    private static readonly RedisKeys Keys = new("", "engine");

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private LiveResults _redis = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await Redises.StartAsync(Redises.Garnet);
        await _redis.Database.StringSetAsync(Keys.GroupKey, Keys.Group);
    }

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task A_click_whose_verdict_may_have_expired_is_never_taken_for_plain()
    {
        using var owner = new Owner(this, 0, Ttl);
        // A click an hour for two days, then none for a week.
        for (int hour = 1; hour <= 48; hour++)
        {
            owner.Pass();
            owner.Next++;
            await owner.CommitAsync();
            Assert.True(await IsPlainAsync(hour - 1), $"at once, {hour}");
            _clock.Advance(TimeSpan.FromHours(1));
        }

        for (int hour = 0; hour < 6 * 24; hour++)
        {
            owner.Pass();
            _clock.Advance(TimeSpan.FromHours(1));
        }

        // Eight days after the first one: those of the first day have expired, of the last not.
        Assert.False(await IsPlainAsync(0));
        Assert.False(await IsPlainAsync(20));
        Assert.True(await IsPlainAsync(47));

        // After a silence longer than verdicts are kept.
        _clock.Advance(Ttl);
        Assert.False(await IsPlainAsync(47));
        owner.Pass();
        owner.Next++;
        await owner.CommitAsync();
        Assert.True(await IsPlainAsync(48));
        Assert.False(await IsPlainAsync(47));
    }

    [Fact]
    public async Task The_next_owner_goes_on_where_the_former_one_was()
    {
        using (var former = new Owner(this, 0, Ttl))
        {
            former.Next = 100;
            await former.CommitAsync();
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        using var next = new Owner(this, 100, Ttl);
        next.Next = 200;
        await next.CommitAsync();
        Assert.True(await IsPlainAsync(50));
        Assert.True(await IsPlainAsync(150));
    }

    [Fact]
    public async Task A_shorter_time_to_live_takes_back_what_was_promised_before()
    {
        using (var former = new Owner(this, 0, Ttl))
        {
            former.Next = 100;
            await former.CommitAsync();
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        using var next = new Owner(this, 100, TimeSpan.FromDays(1));
        next.Next = 200;
        await next.CommitAsync();
        Assert.False(await IsPlainAsync(50));
        Assert.True(await IsPlainAsync(150));

        _clock.Advance(TimeSpan.FromDays(1));
        next.Pass();
        next.Next = 300;
        await next.CommitAsync();
        Assert.False(await IsPlainAsync(150));
        Assert.True(await IsPlainAsync(250));
    }

    [Fact]
    public async Task A_click_before_the_first_owner_that_leaves_verdicts_out_is_not_taken_for_plain()
    {
        using var owner = new Owner(this, 1_000, Ttl);
        owner.Next = 1_010;
        await owner.CommitAsync();
        Assert.False(await IsPlainAsync(999));
        Assert.True(await IsPlainAsync(1_000));
        Assert.False(await IsPlainAsync(1_010));
    }

    private async Task<bool> IsPlainAsync(long offset) =>
        await new VerdictLookup(_redis.Database.Multiplexer, clock: _clock).GetAsync(
            "c-1",
            ClickPlace.At("203.0.113.0/24", offset)
        )
            is { IsAssumed: true };

    /// <summary>The owner of the only partition.</summary>
    private sealed class Owner : IDisposable
    {
        private readonly DecidedClicksTests _test;
        private readonly PartitionState _state = new(0, new PipelineLimits { WindowKeys = 100 }, TimeLimits.Default);
        private readonly DecidedClicks _decided;

        public Owner(DecidedClicksTests test, long from, TimeSpan ttl)
        {
            (_test, Next) = (test, from);
            _decided = new DecidedClicks(
                _state,
                Keys,
                new DeliverOptions { VerdictTtl = ttl },
                Partitions,
                new PartitionProgress(from, 0),
                test._clock
            );
            _decided.Resume(test._redis.Database);
        }

        public long Next { get; set; }

        public void Pass() => _decided.Pass(Next);

        /// <summary>Commits as Redis would take it: the fields of the commit's hash are set.</summary>
        public async Task CommitAsync()
        {
            _decided.Begin(new PartitionProgress(Next, _test._clock.GetUtcNow().ToUnixTimeMilliseconds()));
            var commit = new PipelinedCommit();
            _decided.Write(commit);
            // $3\r\nsix\r\n…: numbers of increments and sets, whether to renew, then names and values.
            string[] parts = Encoding.ASCII.GetString(commit.Blocks).Split("\r\n");
            string[] arguments = [.. parts.Where((_, i) => i % 2 == 1)];
            Assert.Equal("0", arguments[0]);
            Assert.Equal(int.Parse(arguments[1]) * 2, arguments.Length - 3);
            await _test._redis.Database.HashSetAsync(
                Keys.Decided("interactions-0"),
                [.. arguments[3..].Chunk(2).Select(pair => new HashEntry(pair[0], pair[1]))]
            );
        }

        public void Dispose() => _state.Dispose();
    }
}
