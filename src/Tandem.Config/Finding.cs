namespace Tandem.Config;

/// <summary>An error in a file, or a setting that an importer could not carry over.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Key">The key with those above it, separated by dots; empty if it concerns the file.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Remedy">What would be right, or what to do; null if nothing helps.</param>
public sealed record Finding(Place Place, string Key, string Reason, string? Remedy = null)
{
    /// <summary>The whole message on one line.</summary>
    public override string ToString() => $"{Place}: {(Key.Length == 0 ? "" : Key + ": ")}{Reason}{(Remedy is null ? "" : "; " + Remedy)}";
}
