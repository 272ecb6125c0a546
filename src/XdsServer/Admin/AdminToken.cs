using System.Security.Cryptography;
using System.Text;

namespace XdsCanary.XdsServer.Admin;

/// <summary>What callers of the admin API show to be let in. Its value is never logged.</summary>
internal sealed class AdminToken
{
    /// <summary>The file in the state directory that keeps a made token.</summary>
    public const string FileName = "admin-token";

    private const int Bytes = 32;
    private const string Scheme = "Bearer ";

    private readonly byte[] _hash;

    private AdminToken(string value)
    {
        _hash = Hash(value);
    }

    /// <summary>Takes the token that is set, else the one that was made at the first start, else makes one.</summary>
    /// <param name="given">The setting; empty when not set.</param>
    /// <param name="directory">The state directory; empty for none.</param>
    /// <exception cref="IOException">It can be neither read nor kept.</exception>
    /// <exception cref="UnauthorizedAccessException">It can be neither read nor kept.</exception>
    public static AdminToken Obtain(string given, string directory)
    {
        if (given.Length > 0)
        {
            return new AdminToken(given);
        }

        if (directory.Length == 0)
        {
            throw new IOException("Neither --admin-token nor --state is set");
        }

        var file = Path.Combine(directory, FileName);
        if (ReadFile(file) is { Length: > 0 } kept)
        {
            return new AdminToken(kept);
        }

        var made = NewValue();
        Directory.CreateDirectory(directory);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // The mode counts only for a file that is made here: an empty one left behind is removed.
        File.Delete(file);
        using var stream = new FileStream(file, options);
        stream.Write(Encoding.ASCII.GetBytes(made + "\n"));
        return new AdminToken(made);
    }

    /// <summary>A token that nobody knows: everything that needs one is refused.</summary>
    public static AdminToken Unknown() => new(NewValue());

    /// <summary>Reads a token file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The token; null when there is no such file.</returns>
    public static string? ReadFile(string file) => File.Exists(file) ? File.ReadAllText(file).Trim() : null;

    /// <summary>Judges the Authorization header of a request, in a time that tells nothing of the token.</summary>
    /// <param name="authorization">The header; null when there is none.</param>
    public bool Admits(string? authorization) =>
        authorization is not null
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Hash(authorization[Scheme.Length..].Trim()), _hash);

    private static string NewValue() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    private static byte[] Hash(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));
}
