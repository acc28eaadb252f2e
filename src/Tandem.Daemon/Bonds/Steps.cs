using Tandem.Api;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// Changes that are made one after the other, all or none: when one is refused, the earlier ones are undone, the last one first. The refusal names
/// changes that cannot be undone.
/// </summary>
internal sealed class Steps
{
    private readonly Stack<(string What, Func<ErrorMessage?> Undo)> _done = new();

    /// <summary>Makes a change. If it is refused, undoes all earlier changes.</summary>
    /// <param name="what">The change in words: <c>"mtu 9000"</c>.</param>
    /// <param name="make">Makes the change; returns the refusal, or null.</param>
    /// <param name="undo">Undoes the change; returns the problem, or null.</param>
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
