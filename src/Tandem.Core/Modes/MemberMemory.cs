namespace Tandem.Core.Modes;

/// <summary>What a mode kept of a member, for the next process to go on with.</summary>
public abstract record MemberMemory;
