using System.Globalization;
using System.Text;
using Engine.Contracts;
using Engine.Contracts.Events;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Workflows.Tests.Events;

/// <summary><c>ce_time</c> is RFC 3339 exactly, and means the same on every machine on every day.</summary>
public sealed class HeaderTimeTests
{
    [Theory]
    [InlineData("2026-11-22T09:00:00Z", "2026-11-22T09:00:00.000Z")]
    [InlineData("2026-11-22t09:00:00z", "2026-11-22T09:00:00.000Z")]
    [InlineData("2026-11-22T09:00:00.1Z", "2026-11-22T09:00:00.100Z")]
    [InlineData("2026-11-22T09:00:00.123456789Z", "2026-11-22T09:00:00.123Z")]
    [InlineData("2026-11-22T09:00:00.9999Z", "2026-11-22T09:00:00.999Z")]
    [InlineData("2026-11-22T09:00:00+01:30", "2026-11-22T07:30:00.000Z")]
    [InlineData("2026-11-22T09:00:00-00:00", "2026-11-22T09:00:00.000Z")]
    [InlineData("2026-11-22T23:30:00-23:59", "2026-11-23T23:29:00.000Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z")]
    [InlineData("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z")]
    [InlineData("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z")]
    [InlineData("2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00.000Z")]
    public void A_date_time_of_RFC_3339_is_a_time(string text, string same) =>
        Assert.Equal(
            HeaderTime.At(DateTimeOffset.Parse(same, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds()),
            Parse(text)
        );

    [Theory]
    [InlineData("")]
    [InlineData("14:03")]
    [InlineData("03/04/2026")]
    [InlineData("2026-11-22")]
    [InlineData("2026-11-22T09:00Z")]
    [InlineData("2026-11-22T09:00:00")]
    [InlineData("2026-11-22 09:00:00Z")]
    [InlineData("2026-11-22T09:00:00.Z")]
    [InlineData("2026-11-22T09:00:00,5Z")]
    [InlineData("2026-11-22T09:00:00+0130")]
    [InlineData("2026-11-22T09:00:00+01")]
    [InlineData("2026-11-22T09:00:00+24:00")]
    [InlineData("2026-11-22T09:00:00+01:60")]
    [InlineData("2026-11-22T09:00:00 Z")]
    [InlineData(" 2026-11-22T09:00:00Z")]
    [InlineData("2026-11-22T09:00:00Z ")]
    [InlineData("2026-11-22T24:00:00Z")]
    [InlineData("2026-11-22T09:60:00Z")]
    [InlineData("2026-11-22T09:00:61Z")]
    [InlineData("2026-11-22T09:00:60Z")]
    [InlineData("2026-11-30T22:59:60Z")]
    [InlineData("2026-00-22T09:00:00Z")]
    [InlineData("2026-13-22T09:00:00Z")]
    [InlineData("2026-11-31T09:00:00Z")]
    [InlineData("2026-11-00T09:00:00Z")]
    [InlineData("2023-02-29T00:00:00Z")]
    [InlineData("1900-02-29T00:00:00Z")]
    [InlineData("26-11-22T09:00:00Z")]
    [InlineData("+2026-11-22T09:00:00Z")]
    [InlineData("Sun, 22 Nov 2026 09:00:00 GMT")]
    [InlineData("1763769600123")]
    [InlineData("2026-11-22T09:00:00Ẕ")]
    public void Anything_else_is_malformed(string text) =>
        Assert.Equal(new HeaderTime(true, 0, DeadLetterReason.Malformed), Parse(text));

    [Theory]
    [InlineData("1969-12-31T23:59:59.999Z")]
    [InlineData("1970-01-01T00:00:00+00:01")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    public void A_time_that_no_event_may_have_is_out_of_range(string text) =>
        Assert.Equal(new HeaderTime(true, 0, DeadLetterReason.OutOfRange), Parse(text));

    [Fact]
    public void Every_time_is_read_as_it_was_written()
    {
        Check.QuickThrowOnFailure(
            Prop.ForAll(
                Gen.Choose(0, int.MaxValue)
                    .SelectMany(_ => Gen.Choose(0, 118_000), (low, high) => (long)high * int.MaxValue + low)
                    .Where(time => time <= EventLimits.MaxTime)
                    .ToArbitrary(),
                time =>
                    Parse(
                        DateTimeOffset
                            .FromUnixTimeMilliseconds(time)
                            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
                    ) == HeaderTime.At(time)
            )
        );
    }

    [Theory]
    [InlineData("application/protobuf", true)]
    [InlineData("application/x-protobuf", true)]
    [InlineData("Application/Protobuf", true)]
    [InlineData("application/protobuf; proto=engine.contracts.Event", true)]
    [InlineData(" application/protobuf ", true)]
    [InlineData("application/protobuffer", false)]
    [InlineData("text/protobuf", false)]
    [InlineData("application/json", false)]
    [InlineData("", false)]
    public void Protobuf_is_what_its_media_type_says(string type, bool isProtobuf) =>
        Assert.Equal(isProtobuf, EventHeaders.IsProtobufType(Encoding.UTF8.GetBytes(type)));

    [Fact]
    public void Of_two_headers_with_one_name_the_last_counts_and_one_without_a_value_says_nothing()
    {
        EventHeaders headers = new EventHeaders()
            .With("content-type"u8, "application/protobuf"u8.ToArray())
            .With("ce_id"u8, "a"u8.ToArray())
            .With("ce_id"u8, "b"u8.ToArray())
            .With("ce_id"u8, null)
            .With("ce_type"u8, [])
            .With("CE_TYPE"u8, "click"u8.ToArray())
            .With("content-type"u8, "application/json"u8.ToArray());
        Assert.Equal(new EventHeaders(false, null, "b"), headers);
    }

    private static HeaderTime Parse(string text) => HeaderTime.Parse(Encoding.UTF8.GetBytes(text));
}
