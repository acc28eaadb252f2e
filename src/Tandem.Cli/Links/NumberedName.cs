using System.Globalization;
using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Links;

/// <summary>Names with <c>%d</c>, which stands for the lowest number that gives a free name.</summary>
internal static class NumberedName
{
    /// <summary>The name of a bond if none was given.</summary>
    public const string Default = "bond%d";

    private const string Number = "%d";

    /// <summary>Maximum number of tries if other programs take the names meanwhile.</summary>
    private const int Attempts = 16;

    /// <summary>Whether a name contains <c>%d</c>.</summary>
    public static bool IsPattern(string name) => name.Contains(Number, StringComparison.Ordinal);

    /// <summary>Creates a bond with the first free name.</summary>
    public static async Task CreateAsync(CommandContext context, TandemClient client, CreateBondRequest request)
    {
        for (var (number, attempt) = (0, 1); ; number++)
        {
            var name = Fill(request.Name, number);
            if (context.HasInterface(name) == true)
                continue;
            try
            {
                await client.CreateBondAsync(request with { Name = name }, context.Cancellation);
                return;
            }
            catch (TandemException e) when (e.Kind == ErrorKinds.Exists && attempt++ < Attempts)
            {
                // The name belongs to a bond that was moved to another network namespace, or another program was faster.
            }
        }
    }

    private static string Fill(string pattern, int number)
    {
        var at = pattern.IndexOf(Number, StringComparison.Ordinal);
        return string.Create(CultureInfo.InvariantCulture, $"{pattern[..at]}{number}{pattern[(at + Number.Length)..]}");
    }
}
