using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Tunnels above a bond whose frames the service carries: run in a kernel that has all kinds of them.</summary>
public sealed class TunnelTests
{
    [Fact]
    public void Streams_in_tunnels_of_all_kinds_pass_while_the_service_carries_the_frames() => UserModeLinux.Play("tunnels.sh");
}
