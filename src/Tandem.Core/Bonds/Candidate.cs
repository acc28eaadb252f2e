namespace Tandem.Core.Bonds;

/// <summary>An interface that is about to join a bond, as the kernel describes it.</summary>
public sealed record Candidate
{
    /// <summary>The interface's ifindex.</summary>
    public required int Ifindex { get; init; }

    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>The interface's present MAC address.</summary>
    public MacAddress Address { get; init; }

    /// <summary>The interface's link. A member must be administratively down when it joins.</summary>
    public LinkStatus Link { get; init; }

    /// <summary>Whether it is an Ethernet interface (ARPHRD_ETHER) other than the loopback.</summary>
    public bool IsEthernet { get; init; } = true;

    /// <summary>Whether it is the loopback interface.</summary>
    public bool IsLoopback { get; init; }

    /// <summary>Name of the interface's master in the kernel (bridge, team, ...); null if it has none.</summary>
    public string? Master { get; init; }
}
