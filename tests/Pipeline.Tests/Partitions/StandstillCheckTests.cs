using Engine.Partitions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Pipeline.Tests.Partitions;

public sealed class StandstillCheckTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_pause_longer_than_allowed_is_noticed_once()
    {
        var check = new StandstillCheck(TimeSpan.FromSeconds(2), _clock);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(check.TakeNoticed());
        _clock.Advance(TimeSpan.FromSeconds(2.1));
        check.Look();
        _clock.Advance(TimeSpan.FromSeconds(1));
        check.Look();
        Assert.True(check.TakeNoticed());
        Assert.False(check.TakeNoticed());
    }
}
