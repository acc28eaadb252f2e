using Tandem.Core.Packets;
using Xunit;

namespace Tandem.Core.Tests.Packets;

public class InternetChecksumTests
{
    // The example of RFC 1071, section 3.
    private static readonly byte[] Example = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];

    [Fact]
    public void The_example_of_the_standard_comes_out()
    {
        Assert.Equal(0xddf2, InternetChecksum.FoldedSum(Example));
        Assert.Equal(0x220d, InternetChecksum.Compute(Example));
    }

    [Fact]
    public void Sums_of_parts_add_up_and_are_taken_away_by_their_complement()
    {
        var head = InternetChecksum.FoldedSum(Example.AsSpan(0, 4));
        var tail = InternetChecksum.FoldedSum(Example.AsSpan(4));
        Assert.Equal(0xddf2, InternetChecksum.Add(head, tail));
        Assert.Equal(head, InternetChecksum.Add(0xddf2, (ushort)~tail));
    }
}
