using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>802.3ad with others on the far end of the cables: what they say of us, and traffic.</summary>
public sealed class LacpPeersTests
{
    [Theory]
    [InlineData("fast")]
    [InlineData("slow")]
    public void The_driver_of_the_kernel_agrees_and_aggregates(string rate) => UserModeLinux.Play("lacp-driver.sh", rate);
}
