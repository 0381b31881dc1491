using Confluent.Kafka;
using Engine.Partitions.Kafka;
using Xunit;

namespace Pipeline.Tests.Partitions;

public sealed class HeaderTextTests
{
    [Fact]
    public void The_last_header_that_has_a_value_counts() =>
        Assert.Equal(
            "b",
            HeaderText.Of(
                new Headers
                {
                    { "id", "a"u8.ToArray() },
                    { "id", "b"u8.ToArray() },
                    { "id", null },
                },
                "id"
            )
        );

    [Fact]
    public void A_header_without_a_value_counts_as_absent() =>
        Assert.Null(HeaderText.Of(new Headers { { "ce_id", null } }, "ce_id"));

    [Fact]
    public void Without_headers_there_is_none() => Assert.Null(HeaderText.Of(null, "id"));
}
