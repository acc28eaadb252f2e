namespace Tandem.Core;

/// <summary>An interface that is to become a member, as the kernel describes it.</summary>
public sealed record Candidate
{
    /// <summary>The interface's number.</summary>
    public required int Ifindex { get; init; }

    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its present MAC address.</summary>
    public MacAddress Address { get; init; }

    /// <summary>Its link. A member joins while it is administratively down, so this is the state before.</summary>
    public LinkStatus Link { get; init; }

    /// <summary>True if it carries Ethernet frames (ARPHRD_ETHER) and is not the loopback.</summary>
    public bool IsEthernet { get; init; } = true;

    /// <summary>True for the loopback interface.</summary>
    public bool IsLoopback { get; init; }

    /// <summary>The name of the bridge, team or other master that has it in the kernel; null if none has.</summary>
    public string? Master { get; init; }
}
