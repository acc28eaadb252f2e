using Tandem.Api;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// Changes that are made one after the other, all or none: when one is refused, those before it are undone, the last one first. What cannot be
/// undone is said with the refusal.
/// </summary>
internal sealed class Steps
{
    private readonly Stack<(string What, Func<ErrorMessage?> Undo)> _done = new();

    /// <summary>Makes a change. If it is refused, all before it are undone.</summary>
    /// <param name="what">What the change is, in words: <c>"mtu 9000"</c>.</param>
    /// <param name="make">Makes it; says why it was refused, or null.</param>
    /// <param name="undo">Undoes it; says why that failed, or null.</param>
    /// <returns>The refusal; null if the change was made.</returns>
    public ErrorMessage? Make(string what, Func<ErrorMessage?> make, Func<ErrorMessage?> undo)
    {
        if (make() is { } refusal)
            return Refuse(refusal);
        _done.Push((what, undo));
        return null;
    }

    /// <summary>Undoes all changes, for a reason that was found before the next one.</summary>
    /// <returns>The refusal, with what cannot be undone.</returns>
    public ErrorMessage Refuse(ErrorMessage refusal)
    {
        var stuck = new List<string>();
        while (_done.TryPop(out var step))
        {
            if (step.Undo() is { } problem)
                stuck.Add($"{step.What} ({problem.Message})");
        }
        return stuck.Count == 0
            ? refusal
            : refusal with
            {
                Message = $"{refusal.Message}; and this was done before it and cannot be undone: {string.Join("; ", stuck)}",
            };
    }
}
