using System.Globalization;
using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Links;

/// <summary>Names with <c>%d</c> in them, which stands for the lowest number that makes a free name.</summary>
internal static class NumberedName
{
    /// <summary>What a bond is called that was given no name.</summary>
    public const string Default = "bond%d";

    private const string Number = "%d";

    /// <summary>Names that others may take between the look and the request, before it is given up.</summary>
    private const int Attempts = 16;

    /// <summary>Whether a name has a number to be filled in.</summary>
    public static bool IsPattern(string name) => name.Contains(Number, StringComparison.Ordinal);

    /// <summary>Makes a bond with the first free name.</summary>
    public static async Task CreateAsync(CommandContext context, TandemClient client, CreateBondRequest request)
    {
        for (var (number, attempt) = (0, 1); ; number++)
        {
            var name = Fill(request.Name, number);
            if (context.HasInterface(name))
                continue;
            try
            {
                await client.CreateBondAsync(request with { Name = name }, context.Cancellation);
                return;
            }
            catch (TandemException e) when (e.Kind == ErrorKinds.Exists && attempt++ < Attempts)
            {
                // A bond that was moved to another network namespace has its name there; or someone was faster.
            }
        }
    }

    private static string Fill(string pattern, int number)
    {
        var at = pattern.IndexOf(Number, StringComparison.Ordinal);
        return string.Create(CultureInfo.InvariantCulture, $"{pattern[..at]}{number}{pattern[(at + Number.Length)..]}");
    }
}
