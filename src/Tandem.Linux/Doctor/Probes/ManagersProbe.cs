using System.Globalization;
using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Looks for programs that manage interfaces.</summary>
internal static class ManagersProbe
{
    public static Managers Look()
    {
        var running = Processes().ToHashSet(StringComparer.Ordinal);
        return new Managers([.. ManagersCheck.Known.Where(one => running.Contains(one.Process)).Select(one => one.Name)]);
    }

    private static IEnumerable<string> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _) && Name(folder) is { } name)
                yield return name;
        }
    }

    private static string? Name(string folder)
    {
        try
        {
            return File.ReadAllText($"{folder}/comm").TrimEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has ended, or is not accessible.
            return null;
        }
    }
}
