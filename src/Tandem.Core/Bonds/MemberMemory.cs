namespace Tandem.Core.Bonds;

/// <summary>A mode's state of a member that a service hands to the next one.</summary>
public abstract record MemberMemory;
