using System.Net;
using Xunit;

namespace Tandem.Core.Tests;

public class IpAddressSetTests
{
    private static readonly IpAddressSet Some = new([IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")]);

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("192.0.2.2", false)]
    [InlineData("2001:db8::2", false)]
    [InlineData("::192.0.2.1", false)]
    public void An_address_is_found_by_its_octets(string address, bool isIn) =>
        Assert.Equal(isIn, Some.Contains(IPAddress.Parse(address).GetAddressBytes()));

    [Fact]
    public void Octets_that_are_no_address_are_in_no_set() => Assert.False(Some.Contains(new byte[5]));

    [Fact]
    public void Sets_are_equal_by_their_addresses()
    {
        Assert.True(Some.SameAs(new IpAddressSet([IPAddress.Parse("2001:db8::1"), IPAddress.Parse("192.0.2.1")])));
        Assert.False(Some.SameAs(new IpAddressSet([IPAddress.Parse("192.0.2.1")])));
    }
}
